package org.ringfence.machine.tdx.module;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;

/**
 * Where the machine's frames lie in physical memory. Addresses are those of life, also on a machine of a few frames:
 * there most of an address range has no frame behind it, and what the module would do to it leaves no trace. Within a
 * segment frames are laid out as {@link Geometry} lays out pages.
 *
 * @param segments ascending by address, with their frames numbered in the same order
 */
public record AddressMap(Geometry geometry, List<Segment> segments) {

    /**
     * Frames that lie side by side.
     *
     * @param base address of the first
     * @param first its number
     * @param count how many frames
     */
    public record Segment(long base, int first, int count) {}

    public AddressMap {
        segments = List.copyOf(segments);
    }

    /** All frames from address 0 on. */
    public static AddressMap flat(Geometry geometry) {
        return new AddressMap(geometry, List.of(new Segment(0, 0, geometry.frames())));
    }

    /** Frames at these addresses, so many at each, in this order: base, count, base, count. */
    public static AddressMap of(Geometry geometry, long... basesAndCounts) {
        List<Segment> segments = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < basesAndCounts.length; i += 2) {
            int count = Math.toIntExact(basesAndCounts[i + 1]);
            if (count % geometry.smallPerLarge() != 0) {
                throw new IllegalArgumentException(
                        count + " frames at 0x%X are no whole number of 2M pages".formatted(basesAndCounts[i]));
            }
            segments.add(new Segment(basesAndCounts[i], first, count));
            first += count;
        }
        if (first != geometry.frames()) {
            throw new IllegalArgumentException(
                    "the segments have " + first + " frames, the machine has " + geometry.frames());
        }
        return new AddressMap(geometry, segments);
    }

    /** The address of {@code frame}. */
    public long hpa(int frame) {
        for (int i = segments.size() - 1; i >= 0; i--) {
            Segment segment = segments.get(i);
            if (segment.first <= frame) {
                return segment.base + geometry.gpa(frame - segment.first);
            }
        }
        throw new IllegalArgumentException("there is no frame " + frame);
    }

    /** The frame around {@code hpa}; -1 where none is. */
    public int frame(long hpa) {
        for (int i = segments.size() - 1; i >= 0; i--) {
            Segment segment = segments.get(i);
            if (segment.base <= hpa) {
                int frame = inside(hpa - segment.base & -Geometry.SMALL);
                return frame >= 0 && frame < segment.count ? segment.first + frame : -1;
            }
        }
        return -1;
    }

    /** How many frames of {@code segment} lie below {@code hpa}. */
    public int below(Segment segment, long hpa) {
        long offset = hpa - segment.base;
        if (offset <= 0) {
            return 0;
        }
        long frames = pages(offset);
        if (geometry.hasLargePages()) {
            long inLast = Math.min(pages(offset % Geometry.LARGE), geometry.smallPerLarge());
            frames = offset / Geometry.LARGE * geometry.smallPerLarge() + inLast;
        }
        return (int) Math.min(frames, segment.count);
    }

    private static long pages(long bytes) {
        return (bytes + Geometry.SMALL - 1) / Geometry.SMALL;
    }

    private int inside(long offset) {
        if (!geometry.hasLargePages()) {
            long frame = offset / Geometry.SMALL;
            return frame < geometry.frames() ? (int) frame : -1;
        }
        long small = offset % Geometry.LARGE / Geometry.SMALL;
        long frame = offset / Geometry.LARGE * geometry.smallPerLarge() + small;
        return small < geometry.smallPerLarge() && frame < geometry.frames() ? (int) frame : -1;
    }
}
