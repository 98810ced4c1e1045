package org.ringfence.machine.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a trace prints the numbers of a field, where they stand for something else. A layout holds it, and compares it
 * where a machine is declared twice: so it is a record.
 */
public sealed interface ValueNames {
    /** No and yes, of a field that is 0 or 1 because some machines do without. */
    ValueNames TRUTH = of("no", "yes");

    /** 4K and 2M, of a field that is 1 where a page is large. */
    ValueNames SIZE = of("4K", "2M");

    /** None, or a number from 0 that is kept as the number plus one. */
    ValueNames NUMBER_OR_NONE = new Offset("none", List.of());

    /** How {@code value} is printed. */
    String print(int value);

    /** Each number by its name, from 0 on; the numbers behind them as such. */
    static ValueNames of(String... names) {
        return new Listed(List.of(names));
    }

    /** As {@link #of(String...)}. */
    static ValueNames of(List<String> names) {
        return new Listed(names);
    }

    /** Ordinals of an enum. */
    static ValueNames of(Class<? extends Enum<?>> type) {
        return new Listed(Arrays.stream(type.getEnumConstants()).map(Object::toString).toList());
    }

    /** {@code none}, or an ordinal of an enum that is kept as the ordinal plus one. */
    static ValueNames orNone(String none, Class<? extends Enum<?>> type) {
        return new Offset(none, Arrays.stream(type.getEnumConstants()).map(Object::toString).toList());
    }

    /**
     * {@code none}, or a number from 0 that is kept as the number plus one.
     *
     * @param behind names of the numbers after those of {@code count} things
     */
    static ValueNames orNone(String none, int count, String... behind) {
        return new Counted(none, count, List.of(behind));
    }

    /** The names of the bits that are set, the lowest first. */
    static ValueNames bits(String... names) {
        return new Bitwise(List.of(names));
    }

    /** Each by its name. */
    record Listed(List<String> names) implements ValueNames {
        public Listed {
            names = List.copyOf(names);
        }

        @Override
        public String print(int value) {
            return value < names.size() ? names.get(value) : Integer.toString(value);
        }
    }

    /** {@code none} for 0; any other by the name of one less, or as one less. */
    record Offset(String none, List<String> names) implements ValueNames {
        public Offset {
            names = List.copyOf(names);
        }

        @Override
        public String print(int value) {
            if (value == 0) {
                return none;
            }
            return value <= names.size() ? names.get(value - 1) : Integer.toString(value - 1);
        }
    }

    /** {@code none} for 0; a number for each of {@code count} things; those after them by name. */
    record Counted(String none, int count, List<String> behind) implements ValueNames {
        public Counted {
            behind = List.copyOf(behind);
        }

        @Override
        public String print(int value) {
            int number = value - 1;
            if (number < 0) {
                return none;
            }
            boolean isNamed = number >= count && number - count < behind.size();
            return isNamed ? behind.get(number - count) : Integer.toString(number);
        }
    }

    /** Sets of bits. */
    record Bitwise(List<String> names) implements ValueNames {
        public Bitwise {
            names = List.copyOf(names);
        }

        @Override
        public String print(int value) {
            List<String> set = new ArrayList<>();
            for (int rest = value; rest != 0; rest &= rest - 1) {
                int bit = Integer.numberOfTrailingZeros(rest);
                set.add(bit < names.size() ? names.get(bit) : "bit " + bit);
            }
            return set.toString();
        }
    }
}
