package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.FlushTranslations;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.host.UnmapShared;

/**
 * MapGPA to private: unmaps the shared pages of the range. Private ones follow when the TD asks for them.
 *
 * @param gpa of the range
 * @param pages of 4K
 * @param flushed vCPUs on which shared translations are flushed then: each is kicked out for it
 */
public record UnshareRange(Geometry geometry, long gpa, int pages, int flushed) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        for (int page = 0; page < pages; page++) {
            cpu.ask(new UnmapShared(geometry.gpa(gpa, page)));
        }
        for (int vcpu = 0; vcpu < flushed; vcpu++) {
            cpu.ask(new KickVcpu(vcpu));
            cpu.ask(new FlushTranslations(vcpu));
        }
        return Done.DONE;
    }
}
