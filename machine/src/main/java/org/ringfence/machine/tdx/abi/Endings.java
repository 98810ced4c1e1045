package org.ringfence.machine.tdx.abi;

import java.util.Arrays;

/**
 * The results of one leaf function: what the leaf or a step that it shares ends with becomes the code of a
 * {@link org.ringfence.machine.operation.Step}. Made once for each leaf.
 *
 * @param <R> the enum of its results
 * @param ordinals by {@link TdxStatus}, those of the constants named like it; -1 where there is none
 */
public record Endings<R extends Enum<R> & ModuleStatus>(Class<R> type, int[] ordinals) {

    /** Of a leaf that ends with the constants of {@code type}. */
    public static <R extends Enum<R> & ModuleStatus> Endings<R> of(Class<R> type) {
        int[] ordinals = new int[TdxStatus.values().length];
        Arrays.fill(ordinals, -1);
        for (R result : type.getEnumConstants()) {
            if (result.status().name().equals(result.name())) {
                ordinals[result.status().ordinal()] = result.ordinal();
            }
        }
        return new Endings<>(type, ordinals);
    }

    /** The code where the leaf ended so. */
    public long code(Ending ending) {
        return switch (ending) {
            case ModuleStatus own -> type.cast(own).ordinal();
            case TdxStatus shared -> listed(shared);
            case NoReturn none -> none.code();
            case Completion other -> throw new IllegalStateException(type + " does not list " + other);
        };
    }

    private int listed(TdxStatus status) {
        int ordinal = ordinals[status.ordinal()];
        if (ordinal < 0) {
            throw new IllegalStateException(type + " does not list " + status);
        }
        return ordinal;
    }

    /** The code of a leaf that lists no results: {@link Completion#rax(long)} makes RAX of it. */
    public static long coded(Ending ending) {
        return switch (ending) {
            case ModuleStatus own -> own.completion().code();
            case TdxStatus shared -> Completion.code(shared.code());
            case NoReturn none -> none.code();
            case Completion completion -> completion.code();
        };
    }
}
