package org.ringfence.stack.guest.uefi.map;

/** Bytes that are no list of memory descriptors. */
public final class DescriptorRefused extends Exception {
    private static final long serialVersionUID = 1;

    private final int offset;

    /**
     * A refusal of what lies at {@code offset}.
     *
     * @param offset in bytes from the beginning
     * @param sentence what is wrong there, and what would be right
     */
    DescriptorRefused(int offset, String sentence) {
        super("at byte 0x%X: %s".formatted(offset, sentence));
        this.offset = offset;
    }

    /** Where, in bytes from the beginning. */
    public int offset() {
        return offset;
    }
}
