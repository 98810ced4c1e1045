package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.MapShared;

/**
 * MapGPA to shared: takes the private pages of the range away, when {@code remove}, and maps shared ones. The shared
 * pages' frames are others than the private ones were.
 *
 * @param gpa of the range
 * @param pages of 4K
 * @param vcpus of the TD
 */
public record ShareRange(Geometry geometry, long gpa, int pages, int vcpus, boolean remove) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        if (remove) {
            cpu.call(new RemoveRange(geometry, gpa, pages, vcpus));
        }
        for (int page = 0; page < pages; page++) {
            Frame frame = cpu.call(new FindFreeFrame(geometry, Level.SIZE_4K));
            cpu.ask(new MapShared(geometry.gpa(gpa, page), frame));
        }
        return Done.DONE;
    }
}
