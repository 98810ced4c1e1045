package org.ringfence.checker.explore;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Mover;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/**
 * What is explored.
 *
 * @param initial the first state; not changed
 * @param software actors with software, in the order of their indices
 * @param families what untrusted principals draw from
 * @param invariants what is judged on every state
 * @param judged the properties to find breaches of
 * @param symmetry how interchangeable frames and pages are renamed; null to keep states apart that differ by names only
 */
public record Model(
        Layout layout,
        State initial,
        List<SoftwareMover> software,
        List<? extends Family> families,
        List<Invariant> invariants,
        List<Property> judged,
        @Nullable Symmetry symmetry) {

    /** What the table is called in which a layout keeps where software stands. */
    public static final String SOFTWARE = "software";

    public Model {
        software = List.copyOf(software);
        families = List.copyOf(families);
        invariants = List.copyOf(invariants);
        judged = List.copyOf(judged);
    }

    /** Whether of states that differ by names of alike pages one is searched, and counted for all of them. */
    boolean mergesPages() {
        return symmetry != null && symmetry.mergesPages();
    }

    /** Everyone who moves: software first, then families. */
    public List<Mover> movers() {
        List<Mover> movers = new ArrayList<>(software);
        movers.addAll(families);
        return movers;
    }

    /** Whether every actor's software is known beforehand. */
    boolean isComplete() {
        return software.stream().allMatch(mover -> mover.software().isComplete());
    }

    /** Whether states are represented exactly: one word, and points that mean the same in every run. */
    boolean isExact() {
        return layout.words() == 1 && isComplete();
    }

    /** The marks that make a breach: the judged properties' broken bits alone. */
    long watched() {
        long marks = 0;
        for (Property property : judged) {
            marks |= property.broken() & ~property.exercised();
        }
        return marks;
    }

    /**
     * Whether some software in the guest has not ended in {@code state}, or some software waits for what another was
     * bound to give back. Else the host's is left out: it serves for ever, and that it waits for something to serve is
     * no denial of anything.
     */
    boolean someoneIsUnderWay(State state) {
        for (SoftwareMover mover : software) {
            if (mover.actor().principal().isInGuest() ? mover.isUnderWay(state) : mover.isBlocked(state)) {
                return true;
            }
        }
        return false;
    }
}
