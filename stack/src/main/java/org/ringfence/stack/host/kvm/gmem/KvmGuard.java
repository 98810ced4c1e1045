package org.ringfence.stack.host.kvm.gmem;

import org.ringfence.machine.operation.Guard;

/** What KVM and guest_memfd check, and which translations they take away, before and when memory changes hands. */
public enum KvmGuard implements Guard {
    CREATE_FLAGS_ARE_KNOWN("EINVAL", "guest_memfd's flags are ones that the kernel supports", "kvm_gmem_create"),
    CREATE_SIZE_IS_ALIGNED("EINVAL", "guest_memfd's size is positive and whole pages", "kvm_gmem_create"),
    FALLOCATE_MODE_BEFORE_ALIGNMENT(
            "EOPNOTSUPP", "a mode that is not supported is told before a misaligned range", "kvm_gmem_fallocate"),
    ALLOCATE_ENDS_IN_FILE("EINVAL", "what is allocated ends within the file", "kvm_gmem_fallocate"),
    PUNCH_UNMAPS_GUEST("the mapping", "a punched page has left the guest's page tables", "kvm_gmem_invalidate_begin"),
    PUNCH_UNMAPS_HOST("the mapping", "a punched page has left the host's page tables", "truncate_inode_pages_range"),
    BIND_SAME_VM("EINVAL", "a guest_memfd is bound in the VM it was created for", "kvm_gmem_bind"),
    BIND_WITHIN_FILE("EINVAL", "what a slot binds ends within the file", "kvm_gmem_bind"),
    BIND_RANGE_IS_FREE("EINVAL or EEXIST", "no other slot binds any page of the range", "kvm_gmem_bind"),
    SLOT_GPA_IS_FREE("EEXIST", "slots do not overlap", "kvm_check_memslot_overlap"),
    SLOT_OVERLAP_BEFORE_BINDING("EEXIST", "an overlap is told before a binding is tried", "kvm_set_memory_region"),
    SLOT_IS_IMMUTABLE("EINVAL", "a slot with guest_memfd is not changed", "kvm_set_memory_region"),
    DELETE_SLOT_EXISTS("EINVAL", "only a slot that is there is deleted", "kvm_set_memory_region"),
    DELETE_UNMAPS_GUEST("the mapping", "a deleted slot has left the guest's page tables", "kvm_set_memslot"),
    RELEASE_UNMAPS_GUEST("the mapping", "a closed guest_memfd has left the guest's page tables", "kvm_gmem_release"),
    MMAP_IS_SHARED("EINVAL", "a mapping of guest_memfd is MAP_SHARED", "kvm_gmem_mmap"),
    HOST_FAULT_IS_SHARED("SIGBUS", "the host maps only pages of a file that begins shared",
            "kvm_gmem_fault_user_mapping"),
    HOST_FAULT_IS_IN_FILE("SIGBUS", "the host maps only pages within the file", "kvm_gmem_fault_user_mapping"),
    ALLOCATED_PAGE_IS_ZERO("old contents", "a page is zero when it is first mapped", "kvm_gmem_get_pfn"),
    PRE_FAULT_TELLS_WHAT_IS_LEFT("a wrong size", "what is not pre-faulted is told as what is left",
            "kvm_vcpu_pre_fault_memory");

    // A record of texts.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Check check;

    KvmGuard(String refuses, String holds, String source) {
        check = new Check(refuses, holds, "Linux, " + source, "");
    }

    @Override
    public Check check() {
        return check;
    }
}
