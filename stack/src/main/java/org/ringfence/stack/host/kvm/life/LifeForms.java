package org.ringfence.stack.host.kvm.life;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The end of a VM as text. */
public final class LifeForms {
    private LifeForms() {}

    /** All of it. */
    public static List<Form> all() {
        return List.of(
                Form.told("kvm_vm_dead", EndVm.class, Principal.HOST),
                Form.told("vm_dead", IsVmDead.class, Principal.HOST));
    }
}
