package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Guard;

/** The checks of a memory controller that has TD-owner bits and MACs. Each is made on reads only: a write is never checked. */
public enum MemoryGuard implements Guard {
    /** A read under a private KeyID finds the TD-owner bit set. */
    PRIVATE_READ_IS_OF_OWNED_LINE("poison, hence a machine check", "chapter 16: the TD-owner bit"),
    /** A read under a shared KeyID of a line with the TD-owner bit learns nothing of it, not even whether the MAC would match. */
    SHARED_READ_OF_OWNED_LINE_IS_ZERO("zeroes", "chapter 16: reads of TD private memory by a shared KeyID"),
    /** In Ci, a read under a private KeyID finds the MAC that this key makes of the line. */
    MAC_MATCHES("poison, hence a machine check", "chapter 16: cryptographic integrity");

    private final String refuses;
    private final String source;

    MemoryGuard(String refuses, String source) {
        this.refuses = refuses;
        this.source = source;
    }

    @Override
    public String refuses() {
        return refuses;
    }

    @Override
    public String source() {
        return "Intel TDX Module Base Architecture Specification, " + source;
    }
}
