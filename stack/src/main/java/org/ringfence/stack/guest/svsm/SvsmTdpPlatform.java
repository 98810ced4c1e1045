package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.tdx.td.L2Access;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.svsm.FlushRequests.AwaitFlushed;
import org.ringfence.stack.guest.svsm.FlushRequests.RequestFlush;

/**
 * A monitor in L1 of a partitioned TD; where it flushes every CPU, it does so from its CPU 0. Source: COCONUT-SVSM,
 * kernel/src/platform/tdp.rs, kernel/src/tdx/tdcall.rs.
 */
public record SvsmTdpPlatform(SvsmChoices choices) implements SvsmPlatform {
    @Override
    public void validate(Cpu cpu, long gpa, Level level) {
        cpu.call(new AcceptPage(gpa, level, choices.alreadyAccepted(), choices.small(), true));
    }

    /** {@inheritDoc} Nothing: a TD cannot undo an accept. */
    @Override
    public void invalidate(Cpu cpu, long gpa, Level level) {}

    @Override
    public void share(Cpu cpu, long gpa) {
        map(cpu, gpa, Mapping.SHARED);
    }

    @Override
    public void unshare(Cpu cpu, long gpa) {
        map(cpu, gpa, Mapping.PRIVATE);
        validate(cpu, gpa, Level.SIZE_4K);
    }

    private static void map(Cpu cpu, long gpa, Mapping to) {
        Answer answer = cpu.ask(new TdgVpVmcallMapGpa(to, gpa, Geometry.SMALL));
        if (!answer.is(TdgVpVmcallMapGpa.SUCCESS)) {
            throw new Panic("MapGPA of GPA 0x%X to %s failed".formatted(gpa, to));
        }
    }

    @Override
    public void grant(Cpu cpu, long gpa, Level level) {
        cpu.ask(TdgMemPageAttrWr.grant(gpa, level, L2Access.READ_WRITE));
    }

    @Override
    public void revoke(Cpu cpu, long gpa, Level level, Flush flush) {
        cpu.ask(TdgMemPageAttrWr.revoke(gpa, level, flush != Flush.NONE));
        for (int other = 1; flush == Flush.EVERY_CPU && other < choices.cpus(); other++) {
            cpu.ask(new RequestFlush(other));
            cpu.ask(new AwaitFlushed(other));
        }
    }

    @Override
    public void handOn(Cpu cpu, long gpa, Level level, boolean zero) {
        if (zero) {
            zero(cpu, gpa, level);
        }
        grant(cpu, gpa, level);
    }
}
