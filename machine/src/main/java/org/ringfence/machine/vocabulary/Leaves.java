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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
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

    /**
     * What an operation of this type ends with, as it declares {@link Operation}; empty where that depends on the
     * operation that it performs in some way.
     */
    static Optional<Class<?>> result(Class<?> operation) {
        return argument(operation, Map.of());
    }

    /** The class that {@code type}, whose variables stand for {@code bound}, gives to {@link Operation}. */
    private static Optional<Class<?>> argument(Class<?> type, Map<Type, Type> bound) {
        for (Type above : type.getGenericInterfaces()) {
            Class<?> raw =
                    above instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) above;
            Type[] given = above instanceof ParameterizedType generic ? generic.getActualTypeArguments() : new Type[0];
            Map<Type, Type> inner = new HashMap<>();
            for (int i = 0; i < given.length; i++) {
                inner.put(raw.getTypeParameters()[i], bound.getOrDefault(given[i], given[i]));
            }
            if (raw == Operation.class) {
                return inner.values().stream().findFirst().flatMap(Leaves::erased);
            }
            Optional<Class<?>> found = argument(raw, inner);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<Class<?>> erased(Type type) {
        return type instanceof Class<?> simple
                ? Optional.of(simple)
                : type instanceof ParameterizedType generic ? erased(generic.getRawType()) : Optional.empty();
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
