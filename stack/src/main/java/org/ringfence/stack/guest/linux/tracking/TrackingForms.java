package org.ringfence.stack.guest.linux.tracking;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The operations on e820 and on flags of struct page, as text. */
public final class TrackingForms {
    private TrackingForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("make struct pages", PageFlags.MakeArray.class, Principal.GUEST),
                Form.told("test page flag", PageFlags.TestFlag.class, Principal.GUEST),
                Form.told("set page flag", PageFlags.SetFlag.class, Principal.GUEST),
                Form.told("take firmware e820", E820Map.TakeFirmwareMap.class, Principal.GUEST),
                Form.told("look in e820", E820Map.LookInE820.class, Principal.GUEST),
                Form.told("edit e820", E820Map.EditE820.class, Principal.GUEST),
                Form.told("leave out of e820", E820Map.LeaveOutOfE820.class, Principal.GUEST));
    }
}
