package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.Stored;

/** How an access to a page of the inner guest's ends. */
final class GuestPage {
    static final long BYTES = Geometry.SMALL;

    private GuestPage() {}

    /** What a store ended with that {@link GuestMemory#access} refused: #VC 0x404, or an exit to the host. */
    static long stored(long outcome) {
        return outcome == GuestMemory.PAGE_NOT_VALIDATED ? Stored.PAGE_NOT_VALIDATED.ordinal() : outcome;
    }
}
