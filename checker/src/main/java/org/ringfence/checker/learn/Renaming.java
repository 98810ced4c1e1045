package org.ringfence.checker.learn;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.FrameSwap;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;

/** Renames the frames in operations and results. */
final class Renaming {
    private Renaming() {}

    /** Whether an operation or its results name frames. */
    static boolean mentionsFrames(@Nullable Operation<?> operation) {
        return operation != null
                && (operation.results() instanceof Results.Frames
                        || mentions(operation)
                        || operation.results() instanceof Results.Listed<?>(List<?> values)
                                && values.stream().anyMatch(Renaming::mentions));
    }

    private static boolean mentions(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Frame frame -> true;
            case List<?> list -> list.stream().anyMatch(Renaming::mentions);
            case Record record -> {
                Components components = Components.of(record);
                for (int i = 0; i < components.count(); i++) {
                    if (mentions(components.get(record, i))) {
                        yield true;
                    }
                }
                yield false;
            }
            default -> false;
        };
    }

    /** The same operation with frames renamed. */
    static Operation<?> of(Operation<?> operation, FrameSwap swap) {
        return (Operation<?>) Objects.requireNonNull(value(operation, swap));
    }

    /** The code of the result that {@code code}'s becomes. */
    static long code(Results<?> results, long code, FrameSwap swap) {
        return switch (results) {
            case Results.Frames frames -> swap.of((int) code);
            case Results.Listed<?>(List<?> values) -> {
                int renamed = values.indexOf(value(values.get((int) code), swap));
                yield renamed >= 0 ? renamed : code;
            }
            case Results.Closed<?> closed -> code;
            case Results.Truth truth -> code;
            case Results.Number number -> code;
            case Results.Value any -> code;
            case Results.Coded<?> any -> code;
            case Results.Answers answers -> code;
        };
    }

    private static @Nullable Object value(@Nullable Object value, FrameSwap swap) {
        return switch (value) {
            case null -> null;
            case Frame(int index) -> new Frame(swap.of(index));
            case List<?> list -> {
                List<@Nullable Object> renamed = new ArrayList<>();
                list.forEach(element -> renamed.add(value(element, swap)));
                yield renamed;
            }
            case Record record -> record(record, swap);
            default -> value;
        };
    }

    private static Record record(Record record, FrameSwap swap) {
        Components components = Components.of(record);
        @Nullable
        Object[] values = new Object[components.count()];
        boolean changed = false;
        for (int i = 0; i < values.length; i++) {
            Object old = components.get(record, i);
            Object now = value(old, swap);
            values[i] = now;
            changed |= !Objects.equals(now, old);
        }
        return changed ? components.with(values) : record;
    }
}
