package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.kvm.FreeFrame;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsInvalidating;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsPrivate;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.GiveReadLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;
import org.ringfence.stack.sync.LockOperation.TakeReadLock;
import org.ringfence.stack.sync.SequenceCounters.HasSequenceMoved;
import org.ringfence.stack.sync.SequenceCounters.ReadSequence;

/**
 * KVM's fault path over guest_memfd. A private fault gets the folio from the file, which is made where it is absent and
 * then prepared. Answers whether the vCPU runs on; if not it has left with KVM_EXIT_MEMORY_FAULT. Source:
 * arch/x86/kvm/mmu/mmu.c, kvm_mmu_faultin_pfn; virt/kvm/guest_memfd.c, kvm_gmem_get_pfn.
 */
public record FaultFromMemfd(long gpa, boolean asPrivate, Geometry geometry, MemfdHost host)
        implements
            Routine<Boolean> {
    @Override
    public Boolean run(Cpu cpu) {
        if (host.retries()) {
            cpu.ask(new ReadSequence(FaultProtocol.SEQUENCE));
        }
        if (cpu.ask(new IsPrivate(gpa)) != asPrivate) {
            return false;
        }
        if (asPrivate) {
            Frame folio = folio(cpu);
            map(cpu, folio);
            cpu.call(new PutFolio(folio, host.architecture()));
        } else {
            map(cpu, userspace(cpu));
        }
        return true;
    }

    private Frame folio(Cpu cpu) {
        cpu.ask(new TakeLock(MemfdHost.FOLIO_LOCK));
        Frame folio = AllocateFolio.get(cpu, gpa, geometry, host.architecture().largest());
        host.architecture().prepare(cpu, gpa, folio);
        cpu.ask(new GiveLock(MemfdHost.FOLIO_LOCK));
        return folio;
    }

    private Frame userspace(Cpu cpu) {
        if (cpu.ask(new MemfdOperation.IsPopulated(gpa))) {
            return cpu.ask(new MemfdOperation.GetUserFrame(gpa, geometry));
        }
        Frame frame = cpu.call(new FreeFrame(Level.SIZE_4K, geometry.frames()));
        cpu.ask(new MemfdOperation.Populate(gpa, frame));
        return frame;
    }

    private void map(Cpu cpu, Frame frame) {
        cpu.ask(new TakeReadLock(FaultProtocol.MMU_LOCK));
        boolean moved = host.retries() && cpu.ask(new IsInvalidating(gpa));
        moved |= host.retries() && cpu.ask(new HasSequenceMoved(FaultProtocol.SEQUENCE));
        if (!moved) {
            host.architecture().map(cpu, gpa, frame, asPrivate);
        }
        cpu.ask(new GiveReadLock(FaultProtocol.MMU_LOCK));
    }
}
