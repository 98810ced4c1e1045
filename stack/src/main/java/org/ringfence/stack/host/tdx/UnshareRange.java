package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.UnmapShared;

/**
 * MapGPA to private: unmaps the shared pages of the range. Private ones follow when the TD asks for them.
 *
 * @param gpa of the range
 * @param pages of 4K
 */
public record UnshareRange(long gpa, int pages) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        for (int page = 0; page < pages; page++) {
            cpu.ask(new UnmapShared(gpa + page * Geometry.SMALL));
        }
        return Done.DONE;
    }
}
