package org.ringfence.platform.tdx.host;

/** No TDX host can have this memory. */
public final class NoSuchHost extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;

    /**
     * Because of a range of its memory map.
     *
     * @param line of the map, from 1
     */
    NoSuchHost(int line, String sentence) {
        super(sentence, null, false, false);
        this.line = line;
    }

    /** The line of the memory map, from 1. */
    public int line() {
        return line;
    }

    /** What is wrong and what is allowed, without a full stop. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
