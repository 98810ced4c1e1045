package org.ringfence.stack.host.kvm.hypercall;

import java.util.List;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.ValueNames;

/**
 * What a guest finds in RAX after a hypercall. KVM's own refusals are negated numbers of include/uapi/linux/kvm_para.h;
 * what userspace answers is up to it.
 */
public enum HypercallReturn {
    /** Userspace answers that it is done. */
    OK(0),
    /** -KVM_EINVAL: of KVM's checks, or of an honest userspace. */
    EINVAL(-22),
    /** -KVM_EPERM: the guest's caller is no kernel. */
    EPERM(-1),
    /** -KVM_ENOSYS: userspace does not want such hypercalls. */
    ENOSYS(-1000),
    /** Whatever userspace likes; the guest takes it for none of the others. */
    ANYTHING(0);

    private final long rax;

    HypercallReturn(long rax) {
        this.rax = rax;
    }

    /** The number in RAX. */
    public long rax() {
        return rax;
    }

    /** What can come back. */
    static Results.Answers answers() {
        return new Results.Answers(List.of(OK.rax, EINVAL.rax, EPERM.rax, ENOSYS.rax));
    }

    /** Names of the codes, to declare {@link org.ringfence.machine.operation.Cpus} with. */
    public static ValueNames names() {
        return ValueNames.of("0", "-KVM_EINVAL", "-KVM_EPERM", "-KVM_ENOSYS", Results.Answers.ANYTHING);
    }
}
