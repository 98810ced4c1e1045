package org.ringfence.checker.learn;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a routine or an operation as text that is the same in every process; and the check that they are
 * contents of the kind that can be: records and enums of primitives, enums, strings, lists, or such records.
 */
final class ContentText {
    private ContentText() {}

    static String of(@Nullable Object value) {
        StringBuilder text = new StringBuilder();
        append(value, text);
        return text.toString();
    }

    /** Refuses what is no contents. */
    static void check(@Nullable Object value) {
        append(value, new StringBuilder());
    }

    private static void append(@Nullable Object value, StringBuilder text) {
        switch (value) {
            case null -> text.append("null");
            case Byte number -> text.append(number);
            case Short number -> text.append(number);
            case Integer number -> text.append(number);
            case Long number -> text.append(number);
            case Float number -> text.append(number);
            case Double number -> text.append(number);
            case Boolean truth -> text.append(truth);
            case Character character -> text.append((int) character);
            case String string -> text.append('"').append(string).append('"');
            case Enum<?> constant ->
                text.append(constant.getDeclaringClass().getName()).append('.').append(constant.name());
            case List<?> list -> {
                text.append('[');
                list.forEach(element -> {
                    append(element, text);
                    text.append(',');
                });
                text.append(']');
            }
            case Map<?, ?> map -> throw refused(map);
            case Record record -> {
                text.append(record.getClass().getName()).append('(');
                Components components = Components.of(record);
                for (int i = 0; i < components.count(); i++) {
                    append(components.get(record, i), text);
                    text.append(',');
                }
                text.append(')');
            }
            default -> throw refused(value);
        }
    }

    private static RoutineRefused refused(Object value) {
        return new RoutineRefused(
                "%s is part of a routine, an operation or what a routine returns; allowed are records and enums of primitives, enums, strings, lists, or such records"
                        .formatted(value.getClass().getName()));
    }
}
