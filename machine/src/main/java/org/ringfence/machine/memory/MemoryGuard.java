package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Guard;

/**
 * The checks of a memory controller that has TD-owner bits and MACs. Each is made on reads only: a write is never
 * checked.
 */
public enum MemoryGuard implements Guard {
    PRIVATE_READ_IS_OF_OWNED_LINE(
            "poison, hence a machine check",
            "a read under a private KeyID finds the TD-owner bit set",
            "the TD-owner bit"),
    SHARED_READ_OF_OWNED_LINE_IS_ZERO(
            "zeroes",
            "a read under a shared KeyID of a line with the TD-owner bit learns nothing, not even whether the MAC fits",
            "reads of TD private memory by a shared KeyID"),
    MAC_MATCHES(
            "poison, hence a machine check",
            "in Ci, a read under a private KeyID finds the MAC that this key makes of the line",
            "cryptographic integrity");

    // A record of texts.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Check check;

    MemoryGuard(String refuses, String holds, String section) {
        check = new Check(
                refuses, holds, "Intel TDX Module Base Architecture Specification, chapter 16: " + section, "");
    }

    @Override
    public Check check() {
        return check;
    }
}
