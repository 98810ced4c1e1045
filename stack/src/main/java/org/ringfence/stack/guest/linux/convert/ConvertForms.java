package org.ringfence.stack.guest.linux.convert;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The operations on the direct map and on freed pages, as text. */
public final class ConvertForms {
    private ConvertForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("set PTE", DirectMap.SetEntry.class, Principal.GUEST),
                Form.told("read mapped", DirectMap.ReadMapped.class, Principal.GUEST),
                Form.told("write mapped", DirectMap.WriteMapped.class, Principal.GUEST),
                Form.told("free page", PageAllocator.FreePage.class, Principal.GUEST),
                Form.told("allocate page", PageAllocator.TakePage.class, Principal.GUEST),
                Form.told("leak page", PageAllocator.LeakPage.class, Principal.GUEST));
    }
}
