package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.host.kvm.fault.VmOperation.GetFilePage;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsInvalidating;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsMixed;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsPrivate;
import org.ringfence.stack.host.kvm.fault.VmOperation.LeaveRun;
import org.ringfence.stack.host.kvm.fault.VmOperation.LookUpSlot;
import org.ringfence.stack.host.kvm.fault.VmOperation.MapFilePage;
import org.ringfence.stack.host.kvm.fault.VmOperation.MapUserLarge;
import org.ringfence.stack.host.kvm.fault.VmOperation.MapUserPage;
import org.ringfence.stack.host.kvm.fault.VmOperation.PutFilePage;
import org.ringfence.stack.sync.GracePeriods;
import org.ringfence.stack.sync.LockOperation.GiveReadLock;
import org.ringfence.stack.sync.LockOperation.TakeReadLock;
import org.ringfence.stack.sync.SequenceCounters.HasSequenceMoved;
import org.ringfence.stack.sync.SequenceCounters.ReadSequence;

/**
 * KVM's fault path: reads mmu_invalidate_seq, then the attribute and the slot, gets the page, and maps it under
 * mmu_lock unless an invalidation came between or is under way. Answers whether the vCPU runs on, to access the page
 * again. Source: arch/x86/kvm/mmu/mmu.c, kvm_tdp_mmu_page_fault.
 *
 * @param access as what the hardware reports the access
 */
public record HandleFault(long gpa, Access access, FaultProtocol protocol) implements Routine<Boolean> {

    /** Whether an access is private. */
    public enum Access {
        @Meaning("As the attribute says: there is no hardware that knows better. A software-protected VM.")
        AS_ATTRIBUTE,
        @Meaning("The hardware says that it is private, as SEV-SNP and TDX do.")
        PRIVATE,
        @Meaning("The hardware says that it is shared.")
        SHARED
    }

    @Override
    public Boolean run(Cpu cpu) {
        if (protocol.gracePeriod()) {
            cpu.ask(new GracePeriods.BeginRead());
        }
        boolean goesOn = fault(cpu);
        if (protocol.gracePeriod()) {
            cpu.ask(new GracePeriods.EndRead());
        }
        return goesOn;
    }

    private boolean fault(Cpu cpu) {
        if (protocol.sequence()) {
            cpu.ask(new ReadSequence(FaultProtocol.SEQUENCE));
        }
        boolean attribute = cpu.ask(new IsPrivate(gpa));
        boolean asPrivate =
                switch (access) {
                    case AS_ATTRIBUTE -> attribute;
                    case PRIVATE -> true;
                    case SHARED -> false;
                };
        if (asPrivate != attribute) {
            return leave(cpu, asPrivate ? KvmExit.KVM_EXIT_MEMORY_FAULT_PRIVATE : KvmExit.KVM_EXIT_MEMORY_FAULT_SHARED);
        }
        return switch (cpu.ask(new LookUpSlot())) {
            case GONE -> leave(cpu, asPrivate ? KvmExit.KVM_EXIT_MEMORY_FAULT_PRIVATE : KvmExit.KVM_EXIT_MMIO);
            case INVALID -> true;
            case PLAIN -> {
                if (asPrivate) {
                    yield leave(cpu, KvmExit.KVM_EXIT_MEMORY_FAULT_PRIVATE);
                }
                mapUser(cpu);
                yield true;
            }
            case VALID -> {
                if (asPrivate) {
                    long frame = cpu.ask(new GetFilePage(gpa));
                    map(cpu, true, frame);
                    cpu.ask(new PutFilePage(frame));
                } else {
                    mapUser(cpu);
                }
                yield true;
            }
        };
    }

    private void mapUser(Cpu cpu) {
        if (protocol.swaps()) {
            cpu.ask(new SwapOperation.FaultIn(gpa));
        }
        map(cpu, false, 0);
    }

    private Action user(Cpu cpu) {
        if (protocol.swaps()) {
            return new SwapOperation.MapFaultedIn(gpa);
        }
        return isLarge(cpu) ? new MapUserLarge(gpa) : new MapUserPage(gpa);
    }

    private boolean isLarge(Cpu cpu) {
        return switch (protocol.large()) {
            case NEVER -> false;
            case UNLESS_MIXED -> !cpu.ask(new IsMixed(gpa));
            case UNCHECKED -> true;
        };
    }

    private boolean leave(Cpu cpu, KvmExit exit) {
        cpu.ask(new LeaveRun(exit, gpa));
        return false;
    }

    private void map(Cpu cpu, boolean asPrivate, long frame) {
        if (protocol.lock()) {
            cpu.ask(new TakeReadLock(FaultProtocol.MMU_LOCK));
        }
        boolean moved = protocol.range() && cpu.ask(new IsInvalidating(gpa));
        moved |= protocol.sequence() && cpu.ask(new HasSequenceMoved(FaultProtocol.SEQUENCE));
        if (!moved) {
            if (asPrivate) {
                cpu.ask(new MapFilePage(gpa, frame));
            } else {
                cpu.ask(user(cpu));
            }
        }
        if (protocol.lock()) {
            cpu.ask(new GiveReadLock(FaultProtocol.MMU_LOCK));
        }
    }
}
