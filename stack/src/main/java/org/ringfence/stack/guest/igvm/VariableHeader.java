package org.ringfence.stack.guest.igvm;

/** A header and whether who does not know its type may leave it out. */
public record VariableHeader(boolean optional, IgvmHeader header) {
    public VariableHeader {
        if (header instanceof IgvmHeader.Ignored && !optional) {
            throw new IllegalArgumentException("a header of an unknown type can only be optional");
        }
    }

    /** A header that nobody may leave out. */
    public static VariableHeader required(IgvmHeader header) {
        return new VariableHeader(false, header);
    }
}
