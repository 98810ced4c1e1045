package org.ringfence.checker.check;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * The options of a record by name: each component of type boolean, int, long, String, Path or enum is an option, called
 * as the component in lower case with dashes; its value in a prototype is the default.
 */
public final class Options {
    /** What is allowed of an option that names a file; in a case it is relative to the case's folder. */
    public static final String FILE = "a file";

    private Options() {}

    /**
     * One option.
     *
     * @param name as a case writes it
     * @param allowed which values it may have
     * @param value what it has when it is not given
     * @param meaning what its {@link Meaning} says, nothing where it has none
     * @param values what those values do that say so, a line each
     */
    public record Option(String name, String allowed, String value, String meaning, List<String> values) {}

    /** An option that does not exist or has a value that is not allowed. */
    public static final class BadOption extends Exception {
        private static final long serialVersionUID = 1;

        private final String option;
        private final String sentence;

        BadOption(String option, String sentence) {
            super(sentence);
            this.option = option;
            this.sentence = sentence;
        }

        /** Which. */
        public String option() {
            return option;
        }

        /** What is wrong and what is allowed. */
        public String sentence() {
            return sentence;
        }
    }

    /** The options that {@code prototype} has. */
    public static List<Option> of(Record prototype) {
        List<Option> options = new ArrayList<>();
        for (RecordComponent component : prototype.getClass().getRecordComponents()) {
            Meaning meaning = component.getAnnotation(Meaning.class);
            options.add(new Option(
                    name(component), allowed(component), print(get(prototype, component)),
                    meaning == null ? "" : meaning.value(), values(component.getType())));
        }
        return options;
    }

    /** {@code prototype} with the given options: values are Boolean, Integer, Long or String. */
    public static <R extends Record> R with(R prototype, Map<String, Object> given) throws BadOption {
        RecordComponent[] components = prototype.getClass().getRecordComponents();
        for (String name : given.keySet()) {
            if (Arrays.stream(components).noneMatch(component -> name(component).equals(name))) {
                throw new BadOption(
                        name,
                        components.length == 0
                                ? "unknown option '%s'; there are none".formatted(name)
                                : "unknown option '%s'; allowed are %s"
                                        .formatted(
                                                name,
                                                Arrays.stream(components)
                                                        .map(Options::name)
                                                        .collect(Collectors.joining(", "))));
            }
        }
        @Nullable
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String name = name(components[i]);
            Object value = given.get(name);
            values[i] = value == null ? get(prototype, components[i]) : convert(components[i], name, value);
        }
        return make(prototype, components, values);
    }

    private static Object convert(RecordComponent component, String name, Object value) throws BadOption {
        Class<?> type = component.getType();
        if (type == boolean.class && value instanceof Boolean) {
            return value;
        }
        if (type == int.class && value instanceof Integer) {
            return value;
        }
        if (type == long.class && value instanceof Number number) {
            return number.longValue();
        }
        if (type == String.class && value instanceof String) {
            return value;
        }
        if (type == Path.class && value instanceof String text) {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new BadOption(name, "option '%s' is no path".formatted(name));
            }
        }
        if (type.isEnum() && value instanceof String text) {
            for (Object constant : type.getEnumConstants()) {
                if (print(constant).equals(text)) {
                    return constant;
                }
            }
        }
        throw new BadOption(
                name, "option '%s' is '%s'; allowed is %s".formatted(name, value, allowed(component)));
    }

    private static List<String> values(Class<?> type) {
        List<String> lines = new ArrayList<>();
        for (Field field : type.isEnum() ? type.getFields() : new Field[0]) {
            Meaning meaning = field.getAnnotation(Meaning.class);
            if (field.isEnumConstant() && meaning != null) {
                lines.add("%s: %s".formatted(dashed(field.getName()), meaning.value()));
            }
        }
        return lines;
    }

    private static String allowed(RecordComponent component) {
        Class<?> type = component.getType();
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants()).map(Options::print).collect(Collectors.joining(", "));
        }
        if (type == Path.class) {
            return FILE;
        }
        return type == boolean.class ? "true, false" : type == String.class ? "a text" : "a whole number";
    }

    private static String name(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String print(@Nullable Object value) {
        return value instanceof Enum<?> constant
                ? dashed(constant.name())
                : String.valueOf(value);
    }

    private static String dashed(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static @Nullable Object get(Record record, RecordComponent component) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <R extends Record> R make(R prototype, RecordComponent[] components, @Nullable Object[] values)
            throws BadOption {
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> canonical = prototype.getClass().getDeclaredConstructor(types);
            canonical.setAccessible(true);
            return (R) canonical.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw new BadOption("", String.valueOf(refused.getMessage()));
            }
            throw new IllegalStateException("cannot make a " + prototype.getClass(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + prototype.getClass(), e);
        }
    }
}
