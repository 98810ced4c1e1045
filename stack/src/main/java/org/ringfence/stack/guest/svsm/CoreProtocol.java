package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;

/**
 * What a monitor answers the core protocol with.
 *
 * @param own the first page that is the monitor's; every page below is its inner guest's
 * @param checksAddresses whether it looks that an address is its inner guest's
 * @param zeroes whether it zeroes what it validates, before it grants it
 * @param holeBegin the first address at which it does not, since the host may have mapped it read-only; COCONUT-SVSM:
 *     0xA0000
 * @param holeEnd the address after the last; COCONUT-SVSM: 0x100000
 * @param survivesUnvalidated whether RMPADJUST of a page that is not validated, #VC 0x404, is an error of the call;
 *     COCONUT-SVSM's handler of #VC stops the monitor
 */
public record CoreProtocol(
        Geometry geometry,
        int own,
        boolean checksAddresses,
        boolean zeroes,
        long holeBegin,
        long holeEnd,
        boolean survivesUnvalidated) {

    /** A careful monitor whose own pages begin with {@code own}. */
    public static CoreProtocol careful(Geometry geometry, int own) {
        return new CoreProtocol(geometry, own, true, true, 0, 0, true);
    }

    /** Whether {@code gpa} up to {@code gpa + size} is the inner guest's memory. */
    boolean isGuestMemory(long gpa, long size) {
        int first = geometry.page(gpa);
        int last = geometry.page(gpa + size - (geometry.hasLargePages() && size > Geometry.SMALL
                ? Geometry.LARGE - (geometry.smallPerLarge() - 1) * Geometry.SMALL
                : Geometry.SMALL));
        return first >= 0 && last >= 0 && (!checksAddresses || first < own && last < own);
    }

    boolean isInHole(long gpa) {
        return gpa >= holeBegin && gpa < holeEnd;
    }
}
