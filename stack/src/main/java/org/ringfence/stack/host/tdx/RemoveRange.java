package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/**
 * Takes the private pages of a range away, whichever size they are of. A 2M page goes when the range is all of it; a
 * part of one stays, for want of TDH.MEM.PAGE.DEMOTE.
 *
 * @param gpa of the range
 * @param pages of 4K
 * @param vcpus of the TD
 */
public record RemoveRange(Geometry geometry, long gpa, int pages, int vcpus) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        for (int page = 0; page < pages; page++) {
            long at = geometry.gpa(gpa, page);
            RemovePrivatePage.Result result = cpu.call(new RemovePrivatePage(at, Level.SIZE_4K, vcpus));
            if (result == RemovePrivatePage.Result.NO_ENTRY) {
                if (geometry.hasLargePages() && pages == geometry.smallPerLarge()) {
                    cpu.call(new RemovePrivatePage(gpa, Level.SIZE_2M, vcpus));
                }
                return Done.DONE;
            }
        }
        return Done.DONE;
    }
}
