package org.ringfence.machine.tdx.td;

import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/**
 * R11 after {@link TdgVpVmcallMapGpa#RETRY}: the first address that is not done.
 *
 * @param gpa without the shared bit, 4K aligned; or {@link #OUTSIDE}
 */
public record RetryAddress(long gpa) {
    /** No page of the machine, or no page's address. */
    public static final long OUTSIDE = -1;

    /** Whether it lies in the range from {@code first} to {@code end}, the latter excluded. */
    public boolean isIn(long first, long end) {
        return gpa >= first && gpa < end;
    }

    @Override
    public String toString() {
        return gpa == OUTSIDE ? "an address outside of memory" : "GPA 0x%X".formatted(gpa);
    }
}
