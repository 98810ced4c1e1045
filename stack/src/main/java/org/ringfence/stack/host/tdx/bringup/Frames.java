package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.module.AddressMap;
import org.ringfence.machine.tdx.module.TdxModule;

/** The frames behind addresses. A machine of few frames has none behind most. */
final class Frames {
    private static final long PAGE = 4096;

    private Frames() {}

    /** The numbers of the frames that lie in a range of whole pages: the first, and one behind the last. */
    static Range in(Machine machine, long hpa, long size) {
        AddressMap map = machine.part(TdxModule.class).map();
        int first = -1;
        int behind = -1;
        for (AddressMap.Segment segment : map.segments()) {
            long from = Math.max(hpa, segment.base());
            long to = Math.min(hpa + size, segment.base() + segment.count() * PAGE);
            if (from < to) {
                first = first < 0 ? map.frame(from) : first;
                behind = map.frame(to - PAGE) + 1;
            }
        }
        return first < 0 ? new Range(0, 0) : new Range(first, behind);
    }

    /**
     * Frames side by side in number.
     *
     * @param behind one more than the last
     */
    record Range(int first, int behind) {}
}
