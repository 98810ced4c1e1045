package org.ringfence.stack.guest.acceptance;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The operations on the guest's bitmap of what it accepted, as text. */
public final class AcceptanceForms {
    private AcceptanceForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("test bitmap", BitmapOperation.TestAccepted.class, Principal.GUEST),
                Form.told("mark bitmap", BitmapOperation.MarkAccepted.class, Principal.GUEST),
                Form.told("mark bitmap", BitmapOperation.MarkRange.class, Principal.GUEST));
    }
}
