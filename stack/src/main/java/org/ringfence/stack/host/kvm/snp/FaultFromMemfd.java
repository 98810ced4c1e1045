package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.snp.rmp.Rmpread;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.stack.host.kvm.FreeFrame;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsInvalidating;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsPrivate;
import org.ringfence.stack.host.kvm.snp.MemfdFrame.Use;
import org.ringfence.stack.host.kvm.snp.MemfdQuestion.Asked;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.GiveReadLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;
import org.ringfence.stack.sync.LockOperation.TakeReadLock;
import org.ringfence.stack.sync.SequenceCounters.HasSequenceMoved;
import org.ringfence.stack.sync.SequenceCounters.ReadSequence;

/**
 * KVM's fault path for an SEV-SNP guest. A private fault gets the folio from the file, which is made where it is absent
 * and then prepared: the RMP entry is assigned to the guest at this address. Answers whether the vCPU runs on; if not
 * it has left with KVM_EXIT_MEMORY_FAULT. Source: arch/x86/kvm/mmu/mmu.c, kvm_mmu_faultin_pfn; virt/kvm/guest_memfd.c,
 * kvm_gmem_get_pfn; arch/x86/kvm/svm/sev.c, sev_gmem_prepare.
 */
record FaultFromMemfd(long gpa, boolean asPrivate, Geometry geometry, MemfdHost host) implements Routine<Boolean> {
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
            cpu.call(new PutFolio(folio, host.invalidates()));
        } else {
            map(cpu, userspace(cpu));
        }
        return true;
    }

    private Frame folio(Cpu cpu) {
        cpu.ask(new TakeLock(MemfdHost.FOLIO_LOCK));
        Frame folio = GetFolio.get(cpu, gpa, geometry);
        prepare(cpu, folio);
        cpu.ask(new GiveLock(MemfdHost.FOLIO_LOCK));
        return folio;
    }

    /** An entry that is assigned already is left as it is. */
    private void prepare(Cpu cpu, Frame folio) {
        if (!new Rmpread(folio).ask(cpu).assigned()
                && cpu.ask(Rmpupdate.assign(folio, gpa, Level.SIZE_4K)) != RmpupdateResult.SUCCESS) {
            throw new Panic("RMPUPDATE refuses a folio: KVM_RUN fails, and the VMM gives the VM up");
        }
    }

    private Frame userspace(Cpu cpu) {
        if (cpu.ask(new MemfdQuestion(gpa, Asked.IN_USERSPACE))) {
            return cpu.ask(new MemfdFrame(gpa, Use.USERSPACE, geometry));
        }
        Frame frame = cpu.call(new FreeFrame(Level.SIZE_4K, geometry.frames()));
        cpu.ask(new AddFrame(gpa, frame, false));
        return frame;
    }

    private void map(Cpu cpu, Frame frame) {
        cpu.ask(new TakeReadLock(FaultProtocol.MMU_LOCK));
        boolean moved = host.retries() && cpu.ask(new IsInvalidating(gpa));
        moved |= host.retries() && cpu.ask(new HasSequenceMoved(FaultProtocol.SEQUENCE));
        if (!moved) {
            cpu.ask(new MapNestedPage(gpa, frame, Level.SIZE_4K));
        }
        cpu.ask(new GiveReadLock(FaultProtocol.MMU_LOCK));
    }
}
