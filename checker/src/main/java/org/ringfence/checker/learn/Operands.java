package org.ringfence.checker.learn;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;

/**
 * What an operation names of a machine: frames, and vCPUs, by components of that name.
 *
 * @param frames that there are
 * @param vcpus that there are
 */
public record Operands(int frames, int vcpus) {

    /** What {@code operation} names that is not there, in a sentence; empty where all is. */
    public Optional<String> missing(Operation<?> operation) {
        String missing = operation instanceof Record record ? missing(record) : null;
        return Optional.ofNullable(missing).map(what -> "%s names %s".formatted(operation, what));
    }

    private @Nullable String missing(@Nullable Object value) {
        return switch (value) {
            case Frame(int index) -> index >= 0 && index < frames ? null : beyond("frame", index, frames);
            case List<?> list -> list.stream().map(this::missing).filter(Objects::nonNull).findFirst()
                    .orElse(null);
            case Record record -> ofRecord(record);
            case null, default -> null;
        };
    }

    private @Nullable String ofRecord(Record record) {
        Components components = Components.of(record);
        return IntStream.range(0, components.count())
                .mapToObj(i -> components.name(i).equals("vcpu")
                        && components.get(record, i) instanceof Integer vcpu
                        && (vcpu < 0 || vcpu >= vcpus)
                                ? beyond("vCPU", vcpu, vcpus)
                                : missing(components.get(record, i)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static String beyond(String what, int index, int count) {
        return count == 0
                ? "%s %d; the machine has none".formatted(what, index)
                : "%s %d; the machine has 0 to %d".formatted(what, index, count - 1);
    }
}
