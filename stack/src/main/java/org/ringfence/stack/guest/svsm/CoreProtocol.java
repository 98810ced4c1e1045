package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * What a monitor answers the core protocol with.
 *
 * @param own the first page that is the monitor's; every page below is its inner guest's
 * @param checks what of an address it looks at, whether that is its inner guest's
 * @param zeroes whether it zeroes what it validates, before it grants it
 * @param holeBegin the first address at which it does not, since the host may have mapped it read-only; COCONUT-SVSM:
 *     0xA0000
 * @param holeEnd the address after the last; COCONUT-SVSM: 0x100000
 * @param survivesUnvalidated whether a page that is not validated, #VC 0x404, is an error of the call; COCONUT-SVSM's
 *     handler of #VC stops the monitor
 * @param deleting how it deletes a VMSA
 * @param locks whether its calls keep out of each other's way, see {@link CallLock}
 */
public record CoreProtocol(
        Geometry geometry,
        int own,
        Checks checks,
        boolean zeroes,
        long holeBegin,
        long holeEnd,
        boolean survivesUnvalidated,
        Deleting deleting,
        boolean locks) {

    /** What of an address is looked at. */
    public enum Checks {
        @Meaning("Nothing: any page may be named.")
        NONE,
        @Meaning("The first 4K page of an entry, whatever its size.")
        FIRST_PAGE,
        @Meaning("Every page.")
        ALL
    }

    /** In which order a VMSA is deleted. Source: COCONUT-SVSM, commits 6cae63d9 and 994a5590 of May 2026. */
    public enum Deleting {
        @Meaning("It is unregistered first, then taken from the inner guest and given back: until 6cae63d9.")
        UNREGISTER_FIRST,
        @Meaning("It is looked up, before the lock if there is one, and unregistered last: from 6cae63d9 on.")
        LOOK_UP_FIRST,
        @Meaning("It is looked up under the lock, and unregistered last.")
        LOOK_UP_LOCKED
    }

    /** A careful monitor whose own pages begin with {@code own}. */
    public static CoreProtocol careful(Geometry geometry, int own) {
        return new CoreProtocol(geometry, own, Checks.ALL, true, 0, 0, true, Deleting.LOOK_UP_LOCKED, true);
    }

    /** Whether {@code gpa} and the page of {@code size} bytes there are the inner guest's memory. */
    boolean isGuestMemory(long gpa, long size) {
        int first = geometry.page(gpa);
        int last = geometry.page(gpa + size - (geometry.hasLargePages() && size > Geometry.SMALL
                ? Geometry.LARGE - (geometry.smallPerLarge() - 1) * Geometry.SMALL
                : Geometry.SMALL));
        if (first < 0 || last < 0) {
            return false;
        }
        return switch (checks) {
            case NONE -> true;
            case FIRST_PAGE -> first < own;
            case ALL -> first < own && last < own;
        };
    }

    boolean isInHole(long gpa) {
        return gpa >= holeBegin && gpa < holeEnd;
    }
}
