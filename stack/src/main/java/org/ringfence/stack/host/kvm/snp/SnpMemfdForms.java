package org.ringfence.stack.host.kvm.snp;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** What a VMM that is not trusted does for an SEV-SNP guest, as text. */
public final class SnpMemfdForms {
    private SnpMemfdForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                form("kvm_gmem_punch_hole", VmmOnSnp.PunchWhole.class),
                form("kvm_vm_set_mem_attributes", VmmOnSnp.ConvertWhole.class),
                form("madvise_dontneed_free", VmmOnSnp.DiscardWhole.class),
                form("VMM touch", VmmOnSnp.TouchOwn.class),
                form("VMM load", VmmOnSnp.LoadOwn.class),
                form("VMM store", VmmOnSnp.StoreOwn.class));
    }

    private static Form form(String mnemonic, Class<?> type) {
        return Form.told(mnemonic, type, Principal.HOST, Principal.VMM);
    }
}
