package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.BeginInvalidation;
import org.ringfence.stack.host.kvm.fault.VmOperation.EndInvalidation;
import org.ringfence.stack.host.kvm.fault.VmOperation.ZapPage;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/** The two locked sections around every change of what backs a page. Source: virt/kvm/guest_memfd.c, kvm_main.c. */
public final class Invalidate {
    private Invalidate() {}

    /**
     * Announces the change of a page, and takes its translation away.
     *
     * @param zap how: the machine's own step for kvm_mmu_unmap_gfn_range
     */
    public record Begin(long gpa, Action zap, FaultProtocol protocol) implements Routine<Done> {
        /** Of a {@link PrivateVm}. */
        Begin(long gpa, FaultProtocol protocol) {
            this(gpa, new ZapPage(gpa), protocol);
        }

        @Override
        public Done run(Cpu cpu) {
            lock(cpu, protocol);
            if (!protocol.zapsFirst()) {
                cpu.ask(new BeginInvalidation(gpa));
            }
            if (protocol.zaps()) {
                cpu.ask(zap);
            }
            if (protocol.zapsFirst()) {
                unlock(cpu, protocol);
                lock(cpu, protocol);
                cpu.ask(new BeginInvalidation(gpa));
            }
            unlock(cpu, protocol);
            return Done.DONE;
        }
    }

    /** Announces that the change is made. */
    public record End(FaultProtocol protocol) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            lock(cpu, protocol);
            cpu.ask(new EndInvalidation());
            unlock(cpu, protocol);
            return Done.DONE;
        }
    }

    static void lock(Cpu cpu, FaultProtocol protocol) {
        if (protocol.lock()) {
            cpu.ask(new TakeLock(FaultProtocol.MMU_LOCK));
        }
    }

    static void unlock(Cpu cpu, FaultProtocol protocol) {
        if (protocol.lock()) {
            cpu.ask(new GiveLock(FaultProtocol.MMU_LOCK));
        }
    }
}
