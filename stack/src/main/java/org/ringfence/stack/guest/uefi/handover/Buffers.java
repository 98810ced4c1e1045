package org.ringfence.stack.guest.uefi.handover;

/** Which buffers drivers map. */
public enum Buffers {
    /** Common buffers. */
    COMMON,
    /** Buffers for one transfer, which are bounced. */
    BOUNCED
}
