package org.ringfence.machine.operation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.ringfence.machine.state.Declaration;

/**
 * State that is no hardware: a bitmap, a lock, a pool, a queue that software shares, or what an adversary keeps. The
 * package that owns it names it and declares it here; whoever uses it brings it. A machine has what its software and
 * its adversaries bring, each once.
 *
 * <p>A record or an enum: two equal parts are one.
 */
public interface Part {

    /** What the machine then has. */
    Class<? extends Record> type();

    /**
     * Declares the part. May throw IllegalArgumentException with a sentence where it does not fit the machine.
     *
     * @param machine the hardware, and the parts that were brought before
     */
    Record declare(Declaration declaration, Machine machine, Cast cast);

    /**
     * One part that serves both. {@code other} is of the same {@link #type}; IllegalArgumentException, with a sentence,
     * where there is none.
     */
    default Part and(Part other) {
        if (!equals(other)) {
            throw new IllegalArgumentException(
                    "the software brings two kinds of %s: %s and %s".formatted(type().getSimpleName(), this, other));
        }
        return this;
    }

    /** What untrusted principals do with it. */
    default List<Adversary> adversaries() {
        return List.of();
    }

    /** A part of which there is one kind. It is equal to itself only: keep it as a constant beside what it declares. */
    static Part of(Class<? extends Record> type, Declaring declaring, Adversary... adversaries) {
        return new OfOneKind(type, declaring, List.of(adversaries));
    }

    /** As {@link #declare}. */
    @FunctionalInterface
    interface Declaring {
        /** Declares the part. */
        Record declare(Declaration declaration, Machine machine, Cast cast);
    }

    /** A part of which there is one kind. */
    record OfOneKind(Class<? extends Record> type, Declaring declaring, List<Adversary> adversaries) implements Part {
        @Override
        public Record declare(Declaration declaration, Machine machine, Cast cast) {
            return declaring.declare(declaration, machine, cast);
        }

        @Override
        public String toString() {
            return type.getSimpleName();
        }
    }

    /** Each part once, in the order of their first mention. */
    static List<Part> union(Collection<? extends Part> brought) {
        List<Part> union = new ArrayList<>();
        for (Part part : brought) {
            int same = 0;
            while (same < union.size() && union.get(same).type() != part.type()) {
                same++;
            }
            if (same == union.size()) {
                union.add(part);
            } else {
                union.set(same, union.get(same).and(part));
            }
        }
        return List.copyOf(union);
    }
}
