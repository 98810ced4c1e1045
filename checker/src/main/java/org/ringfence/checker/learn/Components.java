package org.ringfence.checker.learn;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes records of one type apart and puts them together. Looked up once a type: the JDK makes its components anew
 * whenever it is asked, each with an accessor that has to be prepared first.
 */
final class Components {
    private static final ClassValue<Components> KNOWN = new ClassValue<>() {
        @Override
        protected Components computeValue(Class<?> type) {
            return new Components(type);
        }
    };

    private final Method[] accessors;
    private final Constructor<?> canonical;

    private Components(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        accessors = Arrays.stream(components).map(RecordComponent::getAccessor).toArray(Method[]::new);
        try {
            canonical = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(type + " has no canonical constructor", e);
        }
        Arrays.stream(accessors).forEach(accessor -> accessor.setAccessible(true));
        canonical.setAccessible(true);
    }

    /** Those of the type of {@code record}. */
    static Components of(Record record) {
        return KNOWN.get(record.getClass());
    }

    /** How many there are. */
    int count() {
        return accessors.length;
    }

    /** The name of the component {@code index}, from 0. */
    String name(int index) {
        return accessors[index].getName();
    }

    /** The value of the component {@code index}, from 0, of {@code record}. */
    @Nullable
    Object get(Record record, int index) {
        try {
            return accessors[index].invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + accessors[index] + " of " + record, e);
        }
    }

    /** A record of this type of {@code values}. */
    Record with(@Nullable Object[] values) {
        try {
            return (Record) canonical.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + canonical.getDeclaringClass().getName(), e);
        }
    }
}
