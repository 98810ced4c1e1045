package org.ringfence.machine.vocabulary;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** One argument of an operation as text. */
final class Argument {
    private Argument() {}

    /**
     * Longs, which are addresses and registers, in hexadecimal; a constant as its own text, or its name with dashes.
     */
    static String print(Object value) {
        return switch (value) {
            case Long number -> "0x" + Long.toHexString(number).toUpperCase(Locale.ROOT);
            case Enum<?> constant -> print(constant);
            default -> value.toString();
        };
    }

    private static String print(Enum<?> constant) {
        String text = constant.toString();
        return text.equals(constant.name()) || !text.matches("[A-Za-z0-9.-]+")
                ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
                : text;
    }

    static Object parse(String operation, Leaves.Leaf leaf, String text) throws NoSuchOperation {
        Class<?> type = leaf.type();
        if (type == boolean.class && (text.equals("true") || text.equals("false"))) {
            return Boolean.valueOf(text);
        }
        if (type == String.class) {
            return text;
        }
        if (type == int.class || type == long.class) {
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

    private static Object number(Class<?> type, String text) {
        boolean hexadecimal = text.startsWith("0x");
        if (type == int.class) {
            int value = hexadecimal ? Integer.parseInt(text.substring(2), 16) : Integer.parseInt(text);
            return value;
        }
        long value = hexadecimal ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
        return value;
    }

    private static NoSuchOperation wrong(String operation, Leaves.Leaf leaf, String text) {
        return new NoSuchOperation(
                "%s: %s is '%s'; allowed is %s".formatted(operation, leaf.name(), text, allowed(leaf.type())));
    }

    private static String allowed(Class<?> type) {
        if (type.isEnum()) {
            List<?> constants = Arrays.asList(type.getEnumConstants());
            return constants.stream().map(Argument::print).collect(Collectors.joining(", "));
        }
        return type == boolean.class ? "true, false" : "a whole number, decimal or with 0x";
    }
}
