package org.ringfence.stack.guest.linux;

import java.util.Optional;

/**
 * The running kernel's accept_memory and range_contains_unaccepted_memory, for one caller at a time; how callers wait
 * for each other is {@link AcceptUnits}. Source: Linux, drivers/firmware/efi/unaccepted_memory.c.
 *
 * @param table none where the firmware accepted everything
 * @param guard whether the unit behind an aligned end is accepted too
 * @param probe how it looks for unaccepted units
 */
public record KernelAcceptance(Optional<UnacceptedTable> table, ArchAccept arch, boolean guard, Probe probe) {

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
        PhysicalRange range = new PhysicalRange(start, start + size);
        return table.isPresent() && table.get().math().contains(range, guard, probe, table.get()::isUnaccepted);
    }
}
