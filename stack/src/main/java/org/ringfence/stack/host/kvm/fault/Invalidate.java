package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.fault.VmOperation.BeginInvalidation;
import org.ringfence.stack.host.kvm.fault.VmOperation.EndInvalidation;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/** The two locked sections around every change of what backs a page. Source: virt/kvm/guest_memfd.c, kvm_main.c. */
public final class Invalidate {
    private Invalidate() {}

    /**
     * Announces the change of pages, and takes their translations away.
     *
     * @param asPrivate which translations: those that the change leaves without what they are of
     */
    public record Begin(PageRange range, boolean asPrivate, Zap zap, FaultProtocol protocol) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            lock(cpu, protocol);
            if (!protocol.zapsFirst()) {
                cpu.ask(new BeginInvalidation(range.gpa(), range.pages()));
            }
            for (int page = 0; protocol.zaps() && page < range.pages(); page++) {
                zap.zap(cpu, range.gpa(page), asPrivate);
            }
            if (protocol.zapsFirst()) {
                unlock(cpu, protocol);
                lock(cpu, protocol);
                cpu.ask(new BeginInvalidation(range.gpa(), range.pages()));
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
