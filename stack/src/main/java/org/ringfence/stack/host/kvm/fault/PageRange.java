package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.memory.Geometry;

/**
 * Guest pages in a row.
 *
 * @param gpa of the first, in bytes
 * @param pages how many, of 4K
 */
public record PageRange(long gpa, int pages) {
    /** One page. */
    public PageRange(long gpa) {
        this(gpa, 1);
    }

    /** The address of one of them, in bytes. */
    public long gpa(int index) {
        return gpa + index * Geometry.SMALL;
    }
}
