package org.ringfence.machine.operation;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The guards of a machine that are switched off. A part of machines in an experiment; without it every guard is on.
 *
 * @param off in the order in which they were named
 */
public record Guards(List<Guard> off) {
    private static final Guards ALL_ON = new Guards(List.of());

    public Guards {
        off = List.copyOf(off);
    }

    /** Every guard is on. */
    public static Guards allOn() {
        return ALL_ON;
    }

    /** All guards but these are on. */
    public static Guards without(Guard... off) {
        return new Guards(List.of(off));
    }

    /** Those of {@code machine}; all on where it has no such part. */
    public static Guards of(Machine machine) {
        return machine.find(Guards.class).orElse(ALL_ON);
    }

    /**
     * Whether the check is made. With every guard on this is one comparison, so that a part may also keep its guards
     * and ask in a step.
     */
    public boolean checks(Guard guard) {
        return off.isEmpty() || !off.contains(guard);
    }

    /** Whether any guard is off. */
    public boolean anyOff() {
        return !off.isEmpty();
    }

    /** The names of what is off, with commas; empty when all are on. */
    public String names() {
        return off.stream().map(Guard::printed).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return anyOff() ? "without " + names() : "all on";
    }
}
