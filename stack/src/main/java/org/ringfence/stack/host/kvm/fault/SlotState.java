package org.ringfence.stack.host.kvm.fault;

/** What a vCPU finds of the memory slot. */
public enum SlotState {
    /** It is there, and binds a guest_memfd. */
    VALID,
    /** KVM_MEMSLOT_INVALID: it is being deleted, and whoever faults on it tries again. */
    INVALID,
    GONE,
    /** It is there without a guest_memfd: it backs shared pages alone. */
    PLAIN
}
