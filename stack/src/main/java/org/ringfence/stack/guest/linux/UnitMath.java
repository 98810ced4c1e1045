package org.ringfence.stack.guest.linux;

import java.util.function.LongPredicate;

/**
 * The kernel's arithmetic from addresses to units, shared by what runs at real size and by what the checker explores.
 * Source: Linux, drivers/firmware/efi/unaccepted_memory.c, accept_memory and range_contains_unaccepted_memory.
 *
 * @param unitSize bytes that one bit stands for: a power of two, 2 MiB on x86
 * @param physBase the address of unit 0, a multiple of the unit
 * @param units how many bits there are
 */
public record UnitMath(long unitSize, long physBase, long units) {
    public UnitMath {
        if (Long.bitCount(unitSize) != 1 || unitSize < 0x1000 || unitSize > 0x8000_0000L) {
            throw new IllegalArgumentException(
                    "a unit of 0x%X bytes; allowed are powers of two from 0x1000 to 0x80000000".formatted(unitSize));
        }
        if (physBase < 0 || physBase % unitSize != 0) {
            throw new IllegalArgumentException(
                    "the base 0x%X is no multiple of the unit 0x%X".formatted(physBase, unitSize));
        }
        if (units < 0 || physBase > PhysicalRange.HIGHEST || units > (PhysicalRange.HIGHEST - physBase) / unitSize) {
            throw new IllegalArgumentException(
                    "%d units of 0x%X bytes from 0x%X on reach beyond 0x%X"
                            .formatted(units, unitSize, physBase, PhysicalRange.HIGHEST));
        }
    }

    /** What the table covers. */
    public PhysicalRange covered() {
        return new PhysicalRange(physBase, address(units));
    }

    /** The address of a unit. */
    public long address(long unit) {
        return physBase + unit * unitSize;
    }

    /** The memory of these units. */
    public PhysicalRange memory(UnitRange range) {
        return new PhysicalRange(address(range.first()), address(range.end()));
    }

    /**
     * The units that the kernel accepts for {@code range}. An empty range is no exception: its end may be aligned, and
     * then has a guard unit.
     *
     * @param guard whether the unit behind an aligned end is accepted too, because load_unaligned_zeropad() may read
     *     beyond the end of what was asked for
     */
    public UnitRange units(PhysicalRange range, boolean guard) {
        if (range.end() < physBase) {
            return UnitRange.NONE;
        }
        long end = offsetOfEnd(range, guard);
        return new UnitRange(offsetOfStart(range) / unitSize, (end + unitSize - 1) / unitSize);
    }

    /**
     * The units that the EFI stub and the decompressor accept for {@code range}: no guard unit, all else alike. Source:
     * Linux, drivers/firmware/efi/libstub/unaccepted_memory.c, accept_memory.
     */
    public UnitRange stubUnits(PhysicalRange range) {
        return units(range, false);
    }

    /**
     * range_contains_unaccepted_memory: whether a unit of {@code range} is unaccepted, among those that it looks at.
     *
     * @param guard as in {@link #units}
     * @param probe where it looks
     * @param unaccepted whether the unit of this number is
     */
    public boolean contains(PhysicalRange range, boolean guard, Probe probe, LongPredicate unaccepted) {
        if (range.end() < physBase) {
            return false;
        }
        long from = offsetOfStart(range);
        long first = switch (probe) {
            case FROM_START -> from;
            case EVERY_UNIT -> from - from % unitSize;
        };
        long end = offsetOfEnd(range, guard);
        for (long at = first; at < end; at += unitSize) {
            if (unaccepted.test(at / unitSize)) {
                return true;
            }
        }
        return false;
    }

    private long offsetOfStart(PhysicalRange range) {
        return Math.max(range.start(), physBase) - physBase;
    }

    private long offsetOfEnd(PhysicalRange range, boolean guard) {
        long end = range.end() - physBase;
        if (guard && end % unitSize == 0) {
            end += unitSize;
        }
        return Math.min(end, units * unitSize);
    }
}
