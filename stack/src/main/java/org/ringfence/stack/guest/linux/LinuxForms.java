package org.ringfence.stack.guest.linux;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The operations on what a Linux kernel keeps about unaccepted memory, as text. */
public final class LinuxForms {
    private LinuxForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("begin accepting", AcceptingList.BeginAccepting.class, Principal.GUEST),
                Form.told("end accepting", AcceptingList.EndAccepting.class, Principal.GUEST));
    }
}
