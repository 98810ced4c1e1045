package org.ringfence.stack.guest.igvm;

/** A file that is no IGVM file, or one that must not be loaded. */
public final class IgvmRefused extends Exception {
    private static final long serialVersionUID = 1;

    private final long offset;

    /**
     * A refusal of what lies at {@code offset}.
     *
     * @param offset in bytes from the beginning of the file
     * @param sentence what is wrong there, and what would be right
     */
    public IgvmRefused(long offset, String sentence) {
        super("at byte 0x%X: %s".formatted(offset, sentence));
        this.offset = offset;
    }

    /** Where, in bytes from the beginning of the file. */
    public long offset() {
        return offset;
    }
}
