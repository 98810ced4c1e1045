package org.ringfence.stack.guest.linux;

/** Bytes that are no table of unaccepted memory. */
public final class TableRefused extends Exception {
    private static final long serialVersionUID = 1;

    private final int offset;

    /**
     * A refusal of what lies at {@code offset}.
     *
     * @param offset in bytes from the beginning of the table
     * @param sentence what is wrong there, and what would be right
     */
    public TableRefused(int offset, String sentence) {
        super("at byte 0x%X: %s".formatted(offset, sentence));
        this.offset = offset;
    }

    /** Where, in bytes from the beginning of the table. */
    public int offset() {
        return offset;
    }
}
