package org.ringfence.machine.vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** One argument of an operation as text. */
final class Argument {
    private Argument() {}

    /**
     * Longs, which are addresses and registers, in hexadecimal; a constant as its own text, or its name with dashes;
     * lists and records in brackets.
     */
    static String print(Object value) {
        return switch (value) {
            case Long number -> "0x" + Long.toHexString(number).toUpperCase(Locale.ROOT);
            case Enum<?> constant -> print(constant);
            case List<?> list -> list.stream().map(Argument::print).collect(Collectors.joining(",", "[", "]"));
            case Record record -> record(record);
            default -> value.toString();
        };
    }

    private static String record(Record record) {
        List<Object> values = Leaves.values(record);
        List<Leaves.Leaf> leaves = Leaves.of(record.getClass());
        if (values.size() == 1) {
            return print(values.getFirst());
        }
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            fields.add(leaves.get(i).name() + "=" + print(values.get(i)));
        }
        return fields.stream().collect(Collectors.joining(" ", "(", ")"));
    }

    private static String print(Enum<?> constant) {
        String text = constant.toString();
        return text.equals(constant.name()) || !text.matches("[A-Za-z0-9.-]+")
                ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
                : text;
    }

    static Object parse(String operation, Leaves.Leaf leaf, String text) throws NoSuchOperation {
        Class<?> type = leaf.type();
        if (type == List.class) {
            return list(operation, leaf, text);
        }
        if (type.isRecord()) {
            return record(operation, leaf, text);
        }
        if (type == boolean.class && (text.equals("true") || text.equals("false"))) {
            return Boolean.valueOf(text);
        }
        if (type == String.class) {
            return text;
        }
        if (type == int.class || type == long.class || type == Long.class || type == Integer.class) {
            try {
                return number(type, text);
            } catch (NumberFormatException e) {
                throw wrong(operation, leaf, text);
            }
        }
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (print(constant).equals(text)) {
                    return constant;
                }
            }
        }
        throw wrong(operation, leaf, text);
    }

    private static List<Object> list(String operation, Leaves.Leaf leaf, String text) throws NoSuchOperation {
        if (text.length() < 2 || text.charAt(0) != '[' || text.charAt(text.length() - 1) != ']') {
            throw wrong(operation, leaf, text);
        }
        String inside = text.substring(1, text.length() - 1);
        List<Object> items = new ArrayList<>();
        if (!inside.isBlank()) {
            for (String item : Pieces.apart(inside, ',')) {
                items.add(parse(operation, new Leaves.Leaf(leaf.name(), leaf.items(), leaf.items()), item.strip()));
            }
        }
        return List.copyOf(items);
    }

    private static Object record(String operation, Leaves.Leaf leaf, String text) throws NoSuchOperation {
        List<Leaves.Leaf> fields = Leaves.of(leaf.type());
        List<Object> values = new ArrayList<>();
        if (fields.size() == 1) {
            values.add(parse(operation, fields.getFirst(), text));
        } else {
            if (text.length() < 2 || text.charAt(0) != '(' || text.charAt(text.length() - 1) != ')') {
                throw wrong(operation, leaf, text);
            }
            List<String> words = Pieces.of(text.substring(1, text.length() - 1));
            for (int i = 0; i < fields.size(); i++) {
                String start = fields.get(i).name() + "=";
                if (words.size() != fields.size() || !words.get(i).startsWith(start)) {
                    throw wrong(operation, leaf, text);
                }
                values.add(parse(operation, fields.get(i), words.get(i).substring(start.length())));
            }
        }
        try {
            return Leaves.make(leaf.type(), values);
        } catch (IllegalArgumentException refused) {
            throw new NoSuchOperation("%s: %s: %s".formatted(operation, leaf.name(), refused.getMessage()));
        }
    }

    private static Object number(Class<?> type, String text) {
        boolean hexadecimal = text.startsWith("0x");
        if (type == int.class || type == Integer.class) {
            int value = hexadecimal ? Integer.parseInt(text.substring(2), 16) : Integer.parseInt(text);
            return value;
        }
        long value = hexadecimal ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
        return value;
    }

    private static NoSuchOperation wrong(String operation, Leaves.Leaf leaf, String text) {
        return new NoSuchOperation(
                "%s: %s is '%s'; allowed is %s".formatted(operation, leaf.name(), text, allowed(leaf)));
    }

    /** What an argument may be, in words. */
    static String allowed(Leaves.Leaf leaf) {
        Class<?> type = leaf.type();
        if (type.isEnum()) {
            List<?> constants = Arrays.asList(type.getEnumConstants());
            return constants.stream().map(Argument::print).collect(Collectors.joining(", "));
        }
        if (type == List.class) {
            Leaves.Leaf item = new Leaves.Leaf(leaf.name(), leaf.items(), leaf.items());
            return "a list such as [a,b] of " + allowed(item);
        }
        if (type.isRecord()) {
            List<Leaves.Leaf> fields = Leaves.of(type);
            return fields.size() == 1
                    ? allowed(fields.getFirst())
                    : fields.stream()
                            .map(field -> field.name() + "=...")
                            .collect(Collectors.joining(" ", "(", ")"));
        }
        return type == boolean.class ? "true, false"
                : type == String.class ? "a word" : "a whole number, decimal or with 0x";
    }
}
