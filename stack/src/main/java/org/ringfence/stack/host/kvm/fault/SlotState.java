package org.ringfence.stack.host.kvm.fault;

/** What a vCPU finds of the memory slot. */
public enum SlotState {
    VALID,
    /** KVM_MEMSLOT_INVALID: it is being deleted, and whoever faults on it tries again. */
    INVALID,
    GONE
}
