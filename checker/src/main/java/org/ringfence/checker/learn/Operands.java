package org.ringfence.checker.learn;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.vocabulary.Form;

/**
 * What an operation names of a machine: frames, and numbers of frames and of vCPUs in components of that name.
 *
 * @param frames that there are
 * @param vcpus that there are
 */
public record Operands(int frames, int vcpus) {

    /** What {@code operation} names that is not there, in a sentence; empty where all is. */
    public Optional<String> missing(Operation<?> operation) {
        String missing = operation instanceof Record record ? missing(record) : null;
        return Optional.ofNullable(missing).map(what -> "%s names %s".formatted(Form.text(operation), what));
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
                .mapToObj(i -> component(components.name(i), components.get(record, i)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable String component(String name, @Nullable Object value) {
        boolean isVcpu = name.equals("vcpu");
        if (value instanceof Number number && !(value instanceof Byte) && (isVcpu || name.equals("frame"))) {
            long index = number.longValue();
            int count = isVcpu ? vcpus : frames;
            // Where there may be no frame, -1 stands for none.
            return index >= (isVcpu ? 0 : -1) && index < count ? null : beyond(isVcpu ? "vCPU" : "frame", index, count);
        }
        return missing(value);
    }

    private static String beyond(String what, long index, int count) {
        return count == 0
                ? "%s %d; the machine has none".formatted(what, index)
                : "%s %d; the machine has 0 to %d".formatted(what, index, count - 1);
    }
}
