package org.ringfence.bench.peers.accept;

/** States of the model's Secure EPT entries. */
public enum PeerSept {
    FREE,
    PENDING,
    MAPPED,
    BLOCKED
}
