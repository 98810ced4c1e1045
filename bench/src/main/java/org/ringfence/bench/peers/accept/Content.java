package org.ringfence.bench.peers.accept;

/** What a page of the model holds. */
public enum Content {
    JUNK,
    ZERO,
    SECRET
}
