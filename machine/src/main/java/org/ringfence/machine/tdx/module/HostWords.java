package org.ringfence.machine.tdx.module;

/**
 * Shared memory as the raw form of leaves reads and writes it, by words of 64 bits at their physical addresses. No part
 * of a state.
 */
public interface HostWords {

    /** The word at {@code pa}. */
    long read(long pa);

    /** Writes the word at {@code pa}. */
    void write(long pa, long word);
}
