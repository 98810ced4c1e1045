package org.ringfence.stack.host.kvm;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The operations on the host's frames as text. */
public final class KvmForms {
    private KvmForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("choose frame", AnyFrame.class, Principal.HOST),
                Form.told("take frame", TakeFrame.class, Principal.HOST),
                Form.told("give frame", GiveFrame.class, Principal.HOST));
    }
}
