package org.ringfence.cli.casefile;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of which every key is known, and readers of its values; whatever does not fit becomes a sentence.
 *
 * @param what it describes, with an article: "an actor"
 */
record Fields(String file, Position at, String what, Map<String, Node.Entry> entries) {

    /** {@code node} as a mapping with no keys but {@code allowed}. */
    static Fields of(String file, Node node, String what, String... allowed) throws BadInput {
        Map<String, Node.Entry> entries = new LinkedHashMap<>();
        for (Node.Entry entry : entries(file, node, what, allowed)) {
            if (!Arrays.asList(allowed).contains(entry.key())) {
                throw bad(file, entry.at(), "unknown key %s in %s; allowed are %s"
                        .formatted(Quoted.of(entry.key()), what, String.join(", ", allowed)));
            }
            entries.put(entry.key(), entry);
        }
        return new Fields(file, node.at(), what, entries);
    }

    private static List<Node.Entry> entries(String file, Node node, String what, String... allowed) throws BadInput {
        if (node instanceof Node.Mapping mapping) {
            return mapping.entries();
        }
        throw bad(file, node.at(), "%s is %s; allowed is a mapping with the keys %s"
                .formatted(what, node.kind(), String.join(", ", allowed)));
    }

    /** The value of {@code key}; null when it is not given. */
    @Nullable
    Node optional(String key) {
        Node.Entry entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    /** The value of {@code key}. */
    Node required(String key) throws BadInput {
        Node value = optional(key);
        if (value == null) {
            throw bad(at, "%s has no '%s', which is required".formatted(what, key));
        }
        return value;
    }

    /** A text that is not blank. */
    String text(String key) throws BadInput {
        return text(required(key), key);
    }

    /** A text that is not blank; numbers and truth values want quotes. */
    String text(Node node, String key) throws BadInput {
        if (node instanceof Node.Text(Position place, String value) && !value.isBlank()) {
            return value.strip();
        }
        boolean wantsQuotes = node instanceof Node.Whole || node instanceof Node.Truth || node instanceof Node.Decimal;
        throw bad(node.at(), "'%s' is %s; allowed is a text%s"
                .formatted(key, node instanceof Node.Text ? "blank" : node.kind(),
                        wantsQuotes ? ", here in quotes" : ""));
    }

    /** A whole number from {@code least} to {@code most}. */
    int whole(Node node, String key, int least, int most) throws BadInput {
        if (node instanceof Node.Whole(Position place, BigInteger value)
                && value.compareTo(BigInteger.valueOf(least)) >= 0
                && value.compareTo(BigInteger.valueOf(most)) <= 0) {
            return value.intValue();
        }
        throw bad(node.at(),
                "'%s' is %s; allowed is a whole number from %d to %d".formatted(key, node.kind(), least, most));
    }

    /** True or false. */
    boolean truth(Node node, String key) throws BadInput {
        if (node instanceof Node.Truth(Position place, boolean value)) {
            return value;
        }
        throw bad(node.at(), "'%s' is %s; allowed are true, false".formatted(key, node.kind()));
    }

    /** The items of a list that is not empty. */
    List<Node> items(Node node, String key, String allowed) throws BadInput {
        if (node instanceof Node.Sequence(Position place, List<Node> items) && !items.isEmpty()) {
            return items;
        }
        throw bad(node.at(), "'%s' is %s; allowed is a list of %s"
                .formatted(key, node instanceof Node.Sequence ? "an empty list" : node.kind(), allowed));
    }

    /** The items of a list that is not empty, or the one value that stands for such a list. */
    List<Node> oneOrMore(Node node, String key) throws BadInput {
        return switch (node) {
            case Node.Text text -> List.of(text);
            case Node.Sequence sequence -> items(sequence, key, "names");
            case Node.Mapping _,Node.Whole _,Node.Decimal _,Node.Truth _,Node.Nothing _ ->
                throw bad(node.at(), "'%s' is %s; allowed is a name, or a list of names".formatted(key, node.kind()));
        };
    }

    /** A name out of {@code allowed}; {@code what} is what it should name. */
    String name(Node node, String kind, List<String> allowed) throws BadInput {
        if (node instanceof Node.Text(Position place, String value) && allowed.contains(value)) {
            return value;
        }
        String list = String.join(", ", allowed);
        throw node instanceof Node.Text
                ? bad(node.at(), "unknown %s %s; allowed are %s".formatted(kind, node.kind(), list))
                : bad(node.at(), "the %s is %s; allowed are %s".formatted(kind, node.kind(), list));
    }

    BadInput bad(Position place, String sentence) {
        return bad(file, place, sentence);
    }

    private static BadInput bad(String file, Position place, String sentence) {
        return new BadInput(new Problem(file, place, sentence));
    }
}
