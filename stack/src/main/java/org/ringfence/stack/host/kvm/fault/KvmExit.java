package org.ringfence.stack.host.kvm.fault;

/**
 * With what KVM_RUN returns to userspace. KVM_EXIT_MEMORY_FAULT is what the first proposals of guest_memfd called
 * KVM_EXIT_MEMORY_ERROR.
 */
public enum KvmExit {
    /** KVM_EXIT_MMIO: a shared access where no slot is. */
    KVM_EXIT_MMIO,
    /** KVM_RUN fails with EFAULT, exit_reason is KVM_EXIT_MEMORY_FAULT (39), its flags are 0: a shared access. */
    KVM_EXIT_MEMORY_FAULT_SHARED,
    /** The same with KVM_MEMORY_EXIT_FLAG_PRIVATE (8): a private access. */
    KVM_EXIT_MEMORY_FAULT_PRIVATE
}
