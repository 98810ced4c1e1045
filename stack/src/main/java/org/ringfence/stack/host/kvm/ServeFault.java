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
 * @param sizem whether the fault told of a size mismatch
 */
public record ServeFault(long gpa, boolean sizem, Hosting hosting) implements Routine<Boolean> {

    /** For a fault of {@code reason}. */
    static ServeFault of(long gpa, ExitReason reason, Hosting hosting) {
        return new ServeFault(gpa, reason == ExitReason.NPF_SIZE_MISMATCH, hosting);
    }

    @Override
    public Boolean run(Cpu cpu) {
        return switch (cpu.ask(new LookUpPage(gpa))) {
            case UNMAPPED -> cpu.call(new BackPrivate(gpa, hosting.largest(), hosting));
            case SHARED, SHARED_2M -> cpu.call(new MakePrivate(gpa, hosting));
            case PRIVATE -> true;
            case PRIVATE_2M -> {
                if (sizem) {
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
