package org.ringfence.machine.vocabulary;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Operation;

/** A record's components down to those that are no records, in order: taken apart and put together. */
final class Leaves {
    private static final ClassValue<List<Leaf>> OF = new ClassValue<>() {
        @Override
        protected List<Leaf> computeValue(Class<?> type) {
            List<Leaf> leaves = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                add(leaves, component, dashed(component.getName()));
            }
            return List.copyOf(leaves);
        }
    };

    private Leaves() {}

    /**
     * One component that is taken as a whole.
     *
     * @param name with dashes
     * @param items what a list has; the type itself where it is no list
     */
    record Leaf(String name, Class<?> type, Class<?> items) {
        /** Whether it is the operation that this one performs in some way. */
        boolean isOperation() {
            return Operation.class.isAssignableFrom(type);
        }

        /** Whether it is the machine's size, which every text of a machine has in common. */
        boolean isGeometry() {
            return type == Geometry.class;
        }
    }

    /** What an operation of this type ends with: the declared type of its results. */
    static Optional<Class<?>> result(Class<?> operation) {
        if (Action.class.isAssignableFrom(operation)) {
            return Optional.of(Done.class);
        }
        for (Method method : operation.getDeclaredMethods()) {
            if (method.getName().equals("results")
                    && method.getGenericReturnType() instanceof ParameterizedType results
                    && results.getActualTypeArguments()[0] instanceof Class<?> result) {
                return Optional.of(result);
            }
        }
        for (Type type : operation.getGenericInterfaces()) {
            if (type instanceof ParameterizedType parameterized
                    && parameterized.getActualTypeArguments()[0] instanceof Class<?> result
                    && result.isEnum()) {
                return Optional.of(result);
            }
        }
        return Optional.empty();
    }

    /** Those of {@code type}. A record with a single component is called as the component that holds it. */
    static List<Leaf> of(Class<?> type) {
        return OF.get(type);
    }

    private static void add(List<Leaf> leaves, RecordComponent component, String name) {
        if (!isTakenApart(component.getType())) {
            leaves.add(new Leaf(name, component.getType(), items(component)));
            return;
        }
        RecordComponent[] inner = component.getType().getRecordComponents();
        for (RecordComponent one : inner) {
            add(leaves, one, inner.length == 1 ? name : dashed(one.getName()));
        }
    }

    private static Class<?> items(RecordComponent component) {
        if (component.getGenericType() instanceof ParameterizedType list
                && list.getRawType() == List.class
                && list.getActualTypeArguments()[0] instanceof Class<?> items) {
            return items;
        }
        return component.getType();
    }

    private static boolean isTakenApart(Class<?> type) {
        return type.isRecord() && type != Geometry.class && !Operation.class.isAssignableFrom(type);
    }

    private static String dashed(String name) {
        StringBuilder dashed = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                dashed.append('-');
            }
            dashed.append(c);
        }
        return dashed.toString().toLowerCase(Locale.ROOT);
    }

    /** The values of {@code record}. */
    static List<Object> values(Record record) {
        List<Object> values = new ArrayList<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value = get(record, component);
            if (value instanceof Record inner && isTakenApart(component.getType())) {
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
            arguments[i] = isTakenApart(part) ? make(part, values) : values.removeFirst();
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
