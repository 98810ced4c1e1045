package org.ringfence.machine.s390;

/** What a frame is to the Ultravisor. Source: Linux, arch/s390/kernel/uv.c. */
public enum SecureState {
    /** Non-secure: the host's, or a page of a guest that is exported or was never secure. */
    NON_SECURE,
    /** Secure: imported, and only the guest's. */
    SECURE,
    /** Secure, and shared by its guest with the host. */
    SHARED,
    /** The same, and pinned by the host: that the guest stops sharing it waits for the host. */
    PINNED_SHARED
}
