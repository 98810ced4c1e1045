package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Geometry;

/**
 * What a crash kernel registers, so that /proc/vmcore gives zeros for memory that the crashed kernel had not accepted
 * and does not touch it. Source: Linux, drivers/firmware/efi/unaccepted_memory.c, unaccepted_memory_vmcore_pfn_is_ram.
 *
 * @param crashed what the crashed kernel had accepted
 */
public record VmcoreHook(KernelAcceptance crashed) {
    /**
     * Whether this page is dumped. It is asked for as any range, with its guard unit: the last page of a unit is left
     * out of a dump where the next unit is not accepted, although it may hold data.
     */
    public boolean isRam(long pfn) {
        return !crashed.contains(pfn * Geometry.SMALL, Geometry.SMALL);
    }
}
