package org.ringfence.bench.peers.accept;

/** States of the model's Secure EPT entries. */
public enum Sept {
    FREE,
    PENDING,
    MAPPED,
    BLOCKED
}
