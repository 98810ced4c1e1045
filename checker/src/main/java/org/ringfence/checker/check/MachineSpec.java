package org.ringfence.checker.check;

import org.ringfence.machine.memory.Geometry;

/**
 * The size of a case's machine.
 *
 * @param pages 4K pages of the guest
 * @param frames 4K frames of the host
 * @param smallPerLarge 4K pages in a 2M page; 1 for a machine without large pages
 */
public record MachineSpec(int pages, int frames, int smallPerLarge) {
    /** The geometry; throws IllegalArgumentException with a sentence when the numbers make none. */
    public Geometry geometry() {
        return new Geometry(pages, frames, smallPerLarge);
    }
}
