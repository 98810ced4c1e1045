package org.ringfence.stack.host.kvm.fault;

import java.util.List;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The steps of KVM's fault path and of who takes memory away, as text. */
public final class FaultForms {
    private FaultForms() {}

    /**
     * Those on a {@link PrivateVm}. A vCPU's thread runs the host's code, so that what is the guest's here is the
     * host's too.
     */
    public static List<Form> vm() {
        return List.of(
                form("guest reads", VmOperation.ReadGuestPage.class),
                form("guest writes", VmOperation.WriteGuestPage.class),
                form("KVM_RUN returns", VmOperation.LeaveRun.class),
                form("look up slot", VmOperation.LookUpSlot.class),
                form("kvm_gmem_get_pfn", VmOperation.GetFilePage.class),
                form("kvm_release_page", VmOperation.PutFilePage.class),
                form("map private", VmOperation.MapFilePage.class),
                form("map shared", VmOperation.MapUserPage.class),
                form("map shared 2M", VmOperation.MapUserLarge.class),
                form("kvm_mmu_unmap_gfn_range", VmOperation.ZapPage.class),
                form("truncate_inode_pages_range", VmOperation.TruncatePage.class),
                form("kvm_swap_active_memslots", VmOperation.PublishSlot.class),
                form("madvise(MADV_DONTNEED)", VmOperation.DiscardShared.class),
                form("read shared", VmOperation.ReadShared.class),
                form("count copies", VmOperation.CountCopies.class),
                form("pageout", SwapOperation.SwapOut.class),
                form("kvm_faultin_pfn", SwapOperation.FaultIn.class),
                form("map pfn", SwapOperation.MapFaultedIn.class),
                form("fallocate(PUNCH_HOLE)", VmmCall.PunchWhole.class),
                form("KVM_SET_MEMORY_ATTRIBUTES", VmmCall.ConvertWhole.class));
    }

    /** Those on attributes and invalidations alone, which every VM of KVM's has. */
    public static List<Form> protocol() {
        return List.of(
                form("is private", VmOperation.IsPrivate.class),
                form("is invalidating", VmOperation.IsInvalidating.class),
                form("is mixed", VmOperation.IsMixed.class),
                form("kvm_mmu_invalidate_begin", VmOperation.BeginInvalidation.class),
                form("kvm_mmu_invalidate_end", VmOperation.EndInvalidation.class),
                form("store attribute", VmOperation.StoreAttribute.class));
    }

    private static Form form(String mnemonic, Class<?> type) {
        return Form.told(mnemonic, type, Principal.GUEST, Principal.HOST, Principal.VMM);
    }
}
