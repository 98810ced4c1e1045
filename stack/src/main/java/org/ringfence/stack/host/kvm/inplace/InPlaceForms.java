package org.ringfence.stack.host.kvm.inplace;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** Conversion in place as text. */
public final class InPlaceForms {
    private InPlaceForms() {}

    /** All of its operations. */
    public static List<Form> all() {
        return List.of(
                Form.told("read buffer", UseBufferInPlace.ReadBuffer.class, Principal.VMM, Principal.HOST),
                Form.told("userspace", InPlaceOperation.UseInPlace.class, Principal.VMM, Principal.HOST),
                Form.told("confide", InPlaceOperation.ConfideInPlace.class, Principal.GUEST),
                Form.told("read in place", InPlaceOperation.ReadInPlace.class, Principal.GUEST),
                Form.told("unmap_mapping_pages", InPlaceOperation.UnmapFromUserspace.class, Principal.HOST),
                Form.told("count references", InPlaceOperation.IsPinned.class, Principal.HOST),
                Form.told("store attribute in place", InPlaceOperation.StoreInPlace.class, Principal.HOST),
                Form.told("KVM_SET_MEMORY_ATTRIBUTES2", InPlaceOperation.AnswerConversion.class, Principal.HOST));
    }
}
