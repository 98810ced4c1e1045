package org.ringfence.stack.host.kvm.creation;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** AP creation as text. */
public final class CreationForms {
    private CreationForms() {}

    /** All of its operations. */
    public static List<Form> all() {
        return List.of(
                Form.told("AP creation", ApCreation.class, Principal.GUEST),
                Form.told("update protected state", UpdateProtectedState.class, Principal.HOST));
    }
}
