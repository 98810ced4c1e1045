package org.ringfence.machine.tdx.td;

/**
 * What L1 lets an L2 VM do with a page. Execution, and writing without reading, which the module refuses, are left out.
 */
public enum L2Access {
    /** The page has no alias in the L2 Secure EPT. */
    NONE(0),
    /** R. */
    READ(1),
    /** R and W. */
    READ_WRITE(3);

    private final int bits;

    L2Access(int bits) {
        this.bits = bits;
    }

    /** Bits 1:0 of the VM's word of attributes. */
    public int bits() {
        return bits;
    }

    /** Of the attributes of a page. */
    static L2Access of(int attributes) {
        return (attributes & 3) == 3 ? READ_WRITE : (attributes & 1) != 0 ? READ : NONE;
    }
}
