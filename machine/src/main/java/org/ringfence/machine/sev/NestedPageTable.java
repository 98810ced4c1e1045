package org.ringfence.machine.sev;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The host's translation of the guest's pages to frames. It is the host's own data: nothing in it is checked before an
 * access is. Changes are seen at once; there is no TLB here.
 *
 * <p>A 2M mapping lies in the entry of its first page; the entries of its other pages are empty.
 *
 * @param frame what a page, or the first page of a large one, is mapped to
 * @param large 1 where the mapping is 2M
 */
public record NestedPageTable(Geometry geometry, FrameRef frame, Bounded large) {

    /** Declares one entry a page; nothing is mapped. */
    public static NestedPageTable declare(Declaration declaration, Geometry geometry) {
        Table table = declaration.perPage("NPT", geometry.pages());
        return new NestedPageTable(
                geometry, table.frame("frame"), table.truth("large", geometry.hasLargePages()));
    }

    /** The frame of {@code page}; {@link FrameRef#NONE} when it is not mapped. */
    public int lookup(State state, int page) {
        if (isLarge(state, page)) {
            int head = geometry.head(page);
            return frame.get(state, head) + page - head;
        }
        return frame.get(state, page);
    }

    /** Whether any page is mapped to {@code target}. */
    public boolean maps(State state, int target) {
        for (int page = 0; page < geometry.pages(); page++) {
            if (lookup(state, page) == target) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code page} is mapped as part of a 2M page. */
    public boolean isLarge(State state, int page) {
        return geometry.hasLargePages() && large.get(state, geometry.head(page)) != 0;
    }

    /** Whether {@link #map} can map so: a 2M mapping needs an aligned page and an aligned frame. */
    public boolean canMap(int page, int target, Level level) {
        return level == Level.SIZE_4K
                || (geometry.hasLargePages() && geometry.isLargeAligned(page) && geometry.isLargeAligned(target));
    }

    /** Maps {@code page}, or the large page that begins with it, in place of whatever was mapped there. */
    public void map(State state, int page, int target, Level level) {
        unmap(state, page);
        if (level == Level.SIZE_2M) {
            for (int i = 1; i < geometry.smallPerLarge(); i++) {
                frame.set(state, page + i, FrameRef.NONE);
            }
            large.set(state, page, 1);
        }
        frame.set(state, page, target);
    }

    /** Removes the mapping that covers {@code page}, with all of a 2M mapping. */
    public void unmap(State state, int page) {
        if (isLarge(state, page)) {
            int head = geometry.head(page);
            large.set(state, head, 0);
            frame.set(state, head, FrameRef.NONE);
        } else {
            frame.set(state, page, FrameRef.NONE);
        }
    }

    /** Replaces the 2M mapping around {@code page}, if there is one, by 4K mappings to the same frames. */
    public void split(State state, int page) {
        if (!isLarge(state, page)) {
            return;
        }
        int head = geometry.head(page);
        int first = frame.get(state, head);
        large.set(state, head, 0);
        for (int i = 1; i < geometry.smallPerLarge(); i++) {
            frame.set(state, head + i, first + i);
        }
    }
}
