package org.ringfence.stack.host.kvm.memfd;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The operations on a guest_memfd and on userspace's memory, as text. */
public final class MemfdForms {
    private MemfdForms() {}

    /** All of them. */
    public static List<Form> all() {
        return List.of(
                form("filemap_get_entry", MemfdOperation.IsInFile.class),
                form("kvm_gmem_get_folio", MemfdOperation.GetFolio.class),
                form("filemap_add_folio", MemfdOperation.AddFolio.class),
                form("filemap_remove_folio", MemfdOperation.Truncate.class),
                form("filemap_range_has_page", LargeFolio.HasNone.class),
                form("filemap_add_folio 2M", LargeFolio.Add.class),
                form("folio_order", LargeFolio.IsWhole.class),
                form("compound_head", LargeFolio.Head.class),
                form("folio_put", MemfdOperation.Put.class),
                form("kvm_gmem_populate", MemfdOperation.AnswerPopulate.class),
                form("get_user_page_fast_only", MemfdOperation.IsPopulated.class),
                form("hva_to_pfn", MemfdOperation.GetUserFrame.class),
                form("handle_mm_fault", MemfdOperation.Populate.class),
                form("zap_page_range_single", MemfdOperation.Discard.class));
    }

    private static Form form(String mnemonic, Class<?> type) {
        return Form.told(mnemonic, type, Principal.HOST);
    }
}
