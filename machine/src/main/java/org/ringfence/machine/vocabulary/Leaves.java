package org.ringfence.machine.vocabulary;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** A record's components down to those that are no records, in order: taken apart and put together. */
final class Leaves {
    private Leaves() {}

    /** One component that is no record: its name with dashes, and its type. */
    record Leaf(String name, Class<?> type) {}

    /** Those of {@code type}. A record with a single component is called as the component that holds it. */
    static List<Leaf> of(Class<?> type) {
        List<Leaf> leaves = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            add(leaves, component, dashed(component.getName()));
        }
        return leaves;
    }

    private static void add(List<Leaf> leaves, RecordComponent component, String name) {
        if (!component.getType().isRecord()) {
            leaves.add(new Leaf(name, component.getType()));
            return;
        }
        RecordComponent[] inner = component.getType().getRecordComponents();
        for (RecordComponent one : inner) {
            add(leaves, one, inner.length == 1 ? name : dashed(one.getName()));
        }
    }

    private static String dashed(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The values of {@code record}. */
    static List<Object> values(Record record) {
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = get(record, component);
            if (value instanceof Record inner) {
                values.addAll(values(inner));
            } else {
                values.add(value);
            }
        }
        return values;
    }

    private static Object get(Record record, RecordComponent component) {
        try {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component + " of " + record, e);
        }
    }

    /**
     * The record of this type with these values.
     *
     * @throws IllegalArgumentException when the record refuses them, with its sentence
     */
    static Object make(Class<?> type, List<Object> values) {
        return make(type, new ArrayDeque<>(values));
    }

    private static Object make(Class<?> type, Deque<Object> values) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Class<?> part = components[i].getType();
            arguments[i] = part.isRecord() ? make(part, values) : values.removeFirst();
        }
        Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            return canonical.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException("cannot make a " + type, e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type, e);
        }
    }
}
