package org.ringfence.cli.casefile;

import java.math.BigInteger;
import java.util.List;

/** A YAML document as a tree whose every node knows its place. */
sealed interface Node {
    /** Where it begins. */
    Position at();

    /** What it is, for a sentence such as "is a list". */
    String kind();

    /** Keys with values, each key once. */
    record Mapping(Position at, List<Entry> entries) implements Node {
        public Mapping {
            entries = List.copyOf(entries);
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** A key with its value. */
    record Entry(String key, Position at, Node value) {}

    /** Several nodes in order. */
    record Sequence(Position at, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A text, quoted or not. */
    record Text(Position at, String value) implements Node {
        @Override
        public String kind() {
            return Quoted.of(value);
        }
    }

    /** A whole number of any size. */
    record Whole(Position at, BigInteger value) implements Node {
        @Override
        public String kind() {
            return value.bitLength() > 128 ? "a number of more than 38 digits" : value.toString();
        }
    }

    /** Any other number. */
    record Decimal(Position at, String written) implements Node {
        @Override
        public String kind() {
            return Quoted.of(written);
        }
    }

    /** True or false. */
    record Truth(Position at, boolean value) implements Node {
        @Override
        public String kind() {
            return Boolean.toString(value);
        }
    }

    /** No value: {@code key:} alone, {@code ~} or {@code null}. */
    record Nothing(Position at) implements Node {
        @Override
        public String kind() {
            return "empty";
        }
    }
}
