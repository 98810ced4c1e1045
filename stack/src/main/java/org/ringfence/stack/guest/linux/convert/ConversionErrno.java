package org.ringfence.stack.guest.linux.convert;

/** What set_memory_decrypted and set_memory_encrypted return. */
public enum ConversionErrno {
    OK("0"),
    /** A kexec has begun: nothing was changed. */
    EBUSY("-EBUSY"),
    /** The host refused, or the accept failed: nobody knows what state the page is in. */
    EIO("-EIO");

    private final String printed;

    ConversionErrno(String printed) {
        this.printed = printed;
    }

    @Override
    public String toString() {
        return printed;
    }
}
