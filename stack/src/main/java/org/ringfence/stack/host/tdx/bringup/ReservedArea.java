package org.ringfence.stack.host.tdx.bringup;

/**
 * A part of a TDMR that the module leaves alone.
 *
 * @param offset from the TDMR's base, in bytes
 * @param size in bytes
 */
public record ReservedArea(long offset, long size) {
    /** Offset of the first byte behind it. */
    public long end() {
        return offset + size;
    }
}
