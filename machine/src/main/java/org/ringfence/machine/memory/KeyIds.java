package org.ringfence.machine.memory;

/**
 * The KeyIDs of a machine: which exist, which of them only the trusted module may use, and where a physical address
 * carries one.
 *
 * <p>KeyID 0 is the default key. 1 to {@link #shared} are shared: MKTME's, or the ASIDs of an AMD machine. The
 * {@link #tdx} ones above them are private to the TDX module. IA32_MKTME_KEYID_PARTITIONING (MSR 0x87) tells both
 * numbers. A KeyID lies in the topmost bits of a physical address, and with them tags every cache line.
 *
 * <p>Source: TDX module 1.5.01, tdh_sys_init.c; Linux, arch/x86/virt/vmx/tdx/tdx.c (record_keyid_partitioning).
 *
 * @param shared N: the last shared KeyID
 * @param tdx T: how many KeyIDs are private
 * @param bits of a physical address that hold the KeyID
 * @param physicalBits of a physical address, those of the KeyID included
 */
public record KeyIds(int shared, int tdx, int bits, int physicalBits) {

    /** IA32_MKTME_KEYID_PARTITIONING. */
    public static final int IA32_MKTME_KEYID_PARTITIONING = 0x87;

    /** Bits of a physical address that the TDX module takes for granted (MAX_PA). */
    public static final int MAX_PA = 52;

    public KeyIds {
        if (shared < 0 || tdx < 0) {
            throw new IllegalArgumentException(
                    "a machine has " + shared + " shared and " + tdx + " private KeyIDs; neither is negative");
        }
        if (bits < 0 || bits > 15 || shared + tdx >= 1 << bits) {
            throw new IllegalArgumentException(
                    "KeyIDs up to " + (shared + tdx) + " do not fit " + bits + " bits; at most 15 bits are possible");
        }
        if (physicalBits - bits < 12 || physicalBits > MAX_PA) {
            throw new IllegalArgumentException("a physical address has " + physicalBits + " bits, of which " + bits
                    + " hold a KeyID; allowed are at most " + MAX_PA + ", of which 12 at least remain");
        }
    }

    /** KeyIDs in as few of 52 bits as hold them. */
    public KeyIds(int shared, int tdx) {
        this(shared, tdx, 32 - Integer.numberOfLeadingZeros(shared + tdx), MAX_PA);
    }

    /** As MSR 0x87 tells: N in bits 31:0, T in bits 63:32. */
    public static KeyIds of(long partitioning, int bits) {
        return new KeyIds((int) partitioning, (int) (partitioning >>> 32), bits, MAX_PA);
    }

    /** What the vendor calls them: AMD's machines, which have none private to a module, have ASIDs. */
    public String printed() {
        return tdx > 0 ? "KeyID" : "ASID";
    }

    /** How many there are, KeyID 0 included. */
    public int count() {
        return shared + tdx + 1;
    }

    /** The greatest. */
    public int last() {
        return shared + tdx;
    }

    /** The first private one; one more than {@link #last} where none is. */
    public int firstPrivate() {
        return shared + 1;
    }

    /** Whether only the module may use {@code keyId}. */
    public boolean isPrivate(int keyId) {
        return keyId > shared && keyId <= last();
    }

    /** Whether any software may use {@code keyId}. */
    public boolean isShared(int keyId) {
        return keyId >= 0 && keyId <= shared;
    }

    /** The physical address {@code hpa} under {@code keyId}. */
    public long tag(long hpa, int keyId) {
        return hpa | (long) keyId << physicalBits - bits;
    }

    /** The KeyID in a physical address. */
    public int keyId(long tagged) {
        return (int) (tagged >>> physicalBits - bits) & (1 << bits) - 1;
    }

    /** A physical address without its KeyID. */
    public long hpa(long tagged) {
        return tagged & ~((1L << bits) - 1 << physicalBits - bits);
    }
}
