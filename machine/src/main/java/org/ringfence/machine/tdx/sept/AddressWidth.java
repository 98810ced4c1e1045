package org.ringfence.machine.tdx.sept;

/**
 * How wide a TD's guest physical addresses are, and with that which bit of them means shared: CONFIG_FLAGS.GPAW in
 * TD_PARAMS. Source: TDX module 1.5.01, helpers.c (check_gpa_validity, get_gpa_shared_bit).
 */
public enum AddressWidth {
    /** GPAW = 0. */
    BITS_48(48),
    /** GPAW = 1; needs five levels of Secure EPT. */
    BITS_52(52);

    private final int bits;

    AddressWidth(int bits) {
        this.bits = bits;
    }

    /** How many: what TDG.VP.INFO reports. */
    public int bits() {
        return bits;
    }

    /** Set in the address of a shared page: bit 47 or 51. */
    public long sharedBit() {
        return 1L << bits - 1;
    }

    /** Whether {@code gpa} is an address of a private page: the shared bit and those above it are clear. */
    public boolean isPrivate(long gpa) {
        return gpa >>> bits - 1 == 0;
    }
}
