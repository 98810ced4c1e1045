package org.ringfence.stack.host.kvm.fault;

/** What a guest's access came to. */
public enum GuestReached {
    /** There is no translation: KVM's fault path runs. */
    FAULT,
    /** It was done; what it read was zero. */
    ZERO,
    /** It was done; what it read, or wrote, is data. */
    DATA
}
