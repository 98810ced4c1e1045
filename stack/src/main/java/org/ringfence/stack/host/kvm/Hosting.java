package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.snp.psc.PscBuffers;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * How a host serves its guest.
 *
 * @param geometry of the machine
 * @param largest the size at which private pages are backed where nothing stands in the way
 * @param conversion where a page's memory lies once its state has changed
 * @param buffers whether the guest can ask for the page state changes of a buffer
 * @param bound what it takes for such a buffer's size and place
 */
public record Hosting(Geometry geometry, Level largest, Conversion conversion, boolean buffers,
        PscBuffers.Bound bound) {

    /** For a guest that asks for one page state change at a time. */
    public Hosting(Geometry geometry, Level largest, Conversion conversion) {
        this(geometry, largest, conversion, false, PscBuffers.Bound.REAL);
    }

    /** Where a page's memory lies once its state has changed. */
    public enum Conversion {
        @Meaning("In the same frame.")
        IN_PLACE,
        @Meaning("In another frame: private memory comes from guest_memfd, shared memory from the VMM's own mapping.")
        SEPARATE
    }

    public Hosting {
        if (largest == Level.SIZE_2M && !geometry.hasLargePages()) {
            throw new IllegalArgumentException("the host cannot back pages with 2M on a machine without large pages");
        }
    }

    /** The address of the {@code index}th 4K page of the 2M page around {@code gpa}, in bytes. */
    long small(long gpa, int index) {
        return large(gpa) + index * Geometry.SMALL;
    }

    /** The address of the 2M page around {@code gpa}, in bytes. */
    long large(long gpa) {
        return geometry.gpa(geometry.head(geometry.page(gpa)));
    }
}
