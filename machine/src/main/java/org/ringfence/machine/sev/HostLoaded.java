package org.ringfence.machine.sev;

/** What a read without a key tells whoever reads. */
public enum HostLoaded {
    /** Contents that nobody has encrypted. */
    CONTENTS("contents"),
    /** Ciphertext. */
    CIPHERTEXT("ciphertext");

    private final String printed;

    HostLoaded(String printed) {
        this.printed = printed;
    }

    @Override
    public String toString() {
        return printed;
    }
}
