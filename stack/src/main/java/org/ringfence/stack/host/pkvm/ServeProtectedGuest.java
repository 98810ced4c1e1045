package org.ringfence.stack.host.pkvm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.pkvm.AwaitVcpuExit;
import org.ringfence.machine.pkvm.HostCall;
import org.ringfence.machine.pkvm.PageIsFree;
import org.ringfence.machine.pkvm.PkvmStatus;
import org.ringfence.stack.host.kvm.AnyFrame;

/**
 * An honest host that donates a page when its guest faults, with page-table pages where the pool is empty. A guest that
 * touches poison is stuck: KVM_RUN ends with EFAULT, and the host gives it up. Source: Linux, arch/arm64/kvm/pkvm.c.
 */
public record ServeProtectedGuest(Geometry geometry) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        int page = cpu.ask(new AwaitVcpuExit(geometry));
        if (page == geometry.pages()) {
            return Done.DONE;
        }
        cpu.call(new Donate(geometry, geometry.gpa(page)));
        cpu.ask(new HostCall.VcpuRun(0));
        return cpu.again(this);
    }

    /** Any frame that is the host's alone; while there is none it looks on and on. */
    record FindFree(int frames) implements Routine<Frame> {
        @Override
        public Frame run(Cpu cpu) {
            Frame frame = cpu.ask(new AnyFrame(frames));
            return cpu.ask(new PageIsFree(frame)) ? frame : cpu.again(this);
        }
    }

    /** Donates a page to the guest. */
    record Donate(Geometry geometry, long gpa) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Frame frame = cpu.call(new FindFree(geometry.frames()));
            PkvmStatus status = cpu.ask(new HostCall.DonateGuest(frame, gpa));
            if (status == PkvmStatus.ENOMEM) {
                Frame table = cpu.call(new FindFree(geometry.frames()));
                cpu.ask(new HostCall.DonateHyp(table));
                return cpu.again(this);
            }
            if (status != PkvmStatus.SUCCESS) {
                throw new Panic("__pkvm_host_donate_guest ends with %s".formatted(status));
            }
            return Done.DONE;
        }
    }
}
