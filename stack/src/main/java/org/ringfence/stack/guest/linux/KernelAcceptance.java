package org.ringfence.stack.guest.linux;

import java.util.Optional;

/**
 * The running kernel's accept_memory and range_contains_unaccepted_memory, for one caller at a time. Source: Linux, drivers/firmware/efi/unaccepted_memory.c.
 *
 * @param table none where the firmware accepted everything
 * @param guard whether the unit behind an aligned end is accepted too
 * @param probe how it looks for unaccepted units
 */
public record KernelAcceptance(Optional<UnacceptedTable> table, ArchAccept arch, boolean guard, Probe probe) {

    /** Where range_contains_unaccepted_memory looks. */
    public enum Probe {
        /**
         * Linux: at the start, and from there in steps of a unit. Where the start is not aligned, the last unit can be
         * missed.
         */
        FROM_START,
        /** At every unit that accept_memory would accept. */
        EVERY_UNIT
    }

    /** As Linux does it. */
    public static KernelAcceptance linux(Optional<UnacceptedTable> table, ArchAccept arch) {
        return new KernelAcceptance(table, arch, true, Probe.FROM_START);
    }

    /** Accepts what of {@code size} bytes from {@code start} on is not accepted yet, in whole units. */
    public void accept(long start, long size) {
        if (table.isPresent()) {
            UnitRange units = table.get().math().units(new PhysicalRange(start, start + size), guard);
            Runs.accept(table.get(), units, arch);
        }
    }

    /** Whether {@code size} bytes from {@code start} on have unaccepted memory, with the guard unit behind them. */
    public boolean contains(long start, long size) {
        if (table.isEmpty()) {
            return false;
        }
        UnitMath math = table.get().math();
        PhysicalRange range = new PhysicalRange(start, start + size);
        if (range.end() < math.physBase()) {
            return false;
        }
        long from = math.offsetOfStart(range);
        if (probe == Probe.EVERY_UNIT) {
            from -= from % math.unitSize();
        }
        for (long at = from; at < math.offsetOfEnd(range, guard); at += math.unitSize()) {
            if (table.get().isUnaccepted(at / math.unitSize())) {
                return true;
            }
        }
        return false;
    }
}
