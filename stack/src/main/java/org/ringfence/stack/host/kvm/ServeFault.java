package org.ringfence.stack.host.kvm;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.sev.SplitNestedPage;
import org.ringfence.machine.snp.rmp.LookUpPage;

/**
 * Serves a private access, or an instruction on a page, that faulted although the page is mapped: KVM's handler of RMP
 * faults. A page that is shared becomes private, since that is how the guest uses it. Answers whether it makes sense to
 * resume the vCPU.
 *
 * <p>KVM looks at the size of the RMP entry and at nothing else. An access that a VMPL lacks the permission for
 * therefore divides the page where it is 2M, and is resumed where it is 4K, as if another vCPU had served the fault:
 * the guest faults again, for ever. Source: Linux, arch/x86/kvm/svm/sev.c (sev_handle_rmp_fault).
 *
 * @param divides whether a 2M entry is divided although the page is mapped 2M: the fault told of a size mismatch, or of
 *     a VMPL
 */
public record ServeFault(long gpa, boolean divides, Hosting hosting) implements Routine<Boolean> {

    /** For a fault of {@code reason}. */
    static ServeFault of(long gpa, ExitReason reason, Hosting hosting) {
        return new ServeFault(
                gpa, reason == ExitReason.NPF_SIZE_MISMATCH || reason == ExitReason.NPF_VMPL, hosting);
    }

    @Override
    public Boolean run(Cpu cpu) {
        return switch (cpu.ask(new LookUpPage(gpa))) {
            case UNMAPPED -> cpu.call(new BackPrivate(gpa, hosting.largest(), hosting));
            case SHARED, SHARED_2M -> cpu.call(new MakePrivate(gpa, hosting));
            case PRIVATE -> true;
            case PRIVATE_2M -> {
                if (divides) {
                    cpu.call(new SplitLarge(gpa, hosting));
                }
                yield true;
            }
            case PRIVATE_2M_MAPPED_4K -> {
                cpu.call(new SplitLarge(gpa, hosting));
                yield true;
            }
            case PRIVATE_4K_MAPPED_2M -> {
                cpu.ask(new SplitNestedPage(gpa));
                yield true;
            }
        };
    }
}
