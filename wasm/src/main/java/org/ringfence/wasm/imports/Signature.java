package org.ringfence.wasm.imports;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The type of a function.
 *
 * @param result null where it has none
 */
public record Signature(List<Type> parameters, @Nullable Type result) {

    /** A number's width. */
    public enum Type {
        /** 32 bits: an int or a pointer of C. */
        I32,
        /** 64 bits: a long long of C. */
        I64,
        /** A float of C. */
        F32,
        /** A double of C. */
        F64;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Signature {
        parameters = List.copyOf(parameters);
    }

    /** A function without a result. */
    public static Signature of(Type... parameters) {
        return new Signature(List.of(parameters), null);
    }

    /** The same parameters, and a result. */
    public Signature giving(Type type) {
        return new Signature(parameters, type);
    }

    @Override
    public String toString() {
        return "(%s)%s".formatted(
                parameters.stream().map(Type::toString).collect(Collectors.joining(", ")),
                result == null ? "" : " -> " + result);
    }
}
