package org.ringfence.stack.host.kvm.snp;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The operations on an SEV-SNP guest's guest_memfd, as text. */
public final class MemfdForms {
    private MemfdForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                Form.told("ask memfd", MemfdQuestion.class, Principal.HOST),
                Form.told("memfd frame", MemfdFrame.class, Principal.HOST),
                Form.told("add frame", AddFrame.class, Principal.HOST),
                Form.told("folio_put", PutFolio.IsLast.class, Principal.HOST));
    }
}
