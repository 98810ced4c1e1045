package org.ringfence.machine.operation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A machine: the parts it was assembled from. A part is a record of views and of the methods that are the
 * architecture's operations on them.
 */
public record Machine(List<Record> parts) {
    public Machine {
        parts = List.copyOf(parts);
    }

    /** A machine of these parts. */
    public static Machine of(Record... parts) {
        return new Machine(List.of(parts));
    }

    /** The part of this type, if the machine has one. */
    public <P> Optional<P> find(Class<P> type) {
        // Each operation that is bound asks for several parts: a loop, as a stream costs most of what an operation
        // does.
        for (Record part : parts) {
            if (type.isInstance(part)) {
                return Optional.of(type.cast(part));
            }
        }
        return Optional.empty();
    }

    /** All parts of this type, in their order. */
    public <P> List<P> parts(Class<P> type) {
        List<P> found = new ArrayList<>();
        for (Record part : parts) {
            if (type.isInstance(part)) {
                found.add(type.cast(part));
            }
        }
        return Collections.unmodifiableList(found);
    }

    /** The part of this type; {@link MissingPart} when the machine has none. */
    public <P> P part(Class<P> type) {
        return find(type).orElseThrow(() -> new MissingPart(type));
    }

    /** An operation was asked of a machine that lacks the part it works on: the routines do not fit the machine. */
    public static final class MissingPart extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final Class<?> type;

        public MissingPart(Class<?> type) {
            super("the machine has no " + type.getSimpleName());
            this.type = type;
        }

        /** The type of the part that is not there. */
        public Class<?> type() {
            return type;
        }
    }
}
