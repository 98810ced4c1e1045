package org.ringfence.stack.host.kvm.inplace;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;
import org.ringfence.stack.host.kvm.inplace.InPlaceOperation.AnswerConversion;
import org.ringfence.stack.host.kvm.inplace.InPlaceOperation.IsPinned;
import org.ringfence.stack.host.kvm.inplace.InPlaceOperation.StoreInPlace;
import org.ringfence.stack.host.kvm.inplace.InPlaceOperation.UnmapFromUserspace;
import org.ringfence.stack.sync.LockOperation.GiveLock;
import org.ringfence.stack.sync.LockOperation.TakeLock;

/**
 * KVM_SET_MEMORY_ATTRIBUTES2 on one page of a guest_memfd. To private, userspace's mappings go first, and then nobody
 * may hold a reference: EAGAIN, and userspace tries again. To shared there is nothing to take away. The file's lock
 * keeps userspace from mapping a page meanwhile. Proposed in 2026, not merged.
 *
 * @param gpa the page
 * @param unmaps whether userspace's mappings are taken away
 * @param countsReferences whether references are counted
 */
public record ConvertInPlace(long gpa, boolean toPrivate, Mode mode, boolean unmaps, boolean countsReferences)
        implements
            Routine<Done> {

    /** What becomes of the contents. */
    public enum Mode {
        @Meaning("Nobody promises.")
        UNSPECIFIED,
        @Meaning("Zeros; only for a page that becomes shared.")
        ZERO,
        @Meaning("What the page held last; only where memory is not encrypted.")
        PRESERVE
    }

    @Override
    public Done run(Cpu cpu) {
        if (mode == Mode.ZERO && toPrivate) {
            return answer(cpu, KvmErrno.EOPNOTSUPP);
        }
        cpu.ask(new TakeLock(FaultProtocol.FILE_LOCK));
        KvmErrno errno = convert(cpu);
        cpu.ask(new GiveLock(FaultProtocol.FILE_LOCK));
        return answer(cpu, errno);
    }

    private KvmErrno convert(Cpu cpu) {
        if (toPrivate) {
            if (unmaps) {
                cpu.ask(new UnmapFromUserspace(gpa));
            }
            if (countsReferences && cpu.ask(new IsPinned(gpa))) {
                return KvmErrno.EAGAIN;
            }
        }
        cpu.ask(new StoreInPlace(gpa, toPrivate, mode));
        return KvmErrno.OK;
    }

    private static Done answer(Cpu cpu, KvmErrno errno) {
        cpu.ask(new AnswerConversion(errno));
        return Done.DONE;
    }
}
