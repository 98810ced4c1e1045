package org.ringfence.stack.host.kvm.hypercall;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The hypercall and what userspace does about it, as text. */
public final class HypercallForms {
    private HypercallForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("KVM_HC_MAP_GPA_RANGE", MapGpaRange.class, Principal.GUEST),
                Form.told("KVM_CAP_EXIT_HYPERCALL", EnableExitHypercall.class, Principal.HOST, Principal.VMM),
                Form.told("KVM_EXIT_HYPERCALL", AwaitHypercall.class, Principal.HOST, Principal.VMM),
                Form.told("KVM_RUN", AnswerHypercall.class, Principal.HOST, Principal.VMM));
    }
}
