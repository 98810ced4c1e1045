package org.ringfence.stack.host.kvm.tdx;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** What KVM does as the host of a TD beside the leaves that it calls, as text. */
public final class TdxMemoryForms {
    private TdxMemoryForms() {}

    /** All of it. */
    public static List<Form> all() {
        return List.of(
                Form.told("mirror SPTE", MirrorSpte.class, Principal.HOST),
                Form.told("use own frame", UseOwnFrame.class, Principal.HOST),
                Form.told("vcpu_enter_guest", EnterTd.class, Principal.HOST));
    }
}
