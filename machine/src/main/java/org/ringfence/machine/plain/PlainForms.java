package org.ringfence.machine.plain;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The operations of a machine without confidential hardware as text: those of the monitor, and what others reach. */
public final class PlainForms {
    private PlainForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("INVEPT", Invept.class, Principal.GUEST),
                Form.told("map inner", MapInner.class, Principal.GUEST),
                Form.told("reach", Reach.class, Principal.HOST, Principal.INNER_GUEST));
    }
}
