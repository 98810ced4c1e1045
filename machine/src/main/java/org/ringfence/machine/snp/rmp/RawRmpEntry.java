package org.ringfence.machine.snp.rmp;

/**
 * An RMP entry as it lies in memory on Zen 3 and Zen 4: two 64-bit words of a layout that is not architectural (the bit
 * fields of the SEV firmware's {@code sev_rmp.h} and of Linux's raw entry).
 *
 * @param q1 bit 0 assigned, 1 pagesize, 2 immutable, 11:3 subpage_count, 50:12 GPA, 60:51 ASID, 61 vmsa, 62 validated,
 *     63 lock
 * @param q2 a permission byte for each of VMPL0 to VMPL3 from bit 0 up; above them nothing that is kept here
 */
public record RawRmpEntry(long q1, long q2) {
    static final int GPA_TAG_SHIFT = 36;

    /** The first word of a page that the firmware has taken: assigned, immutable, locked. */
    public static final long FIRMWARE = 0x8000_0000_0000_0005L;

    /** The bits of the subpage count in the first word. */
    public static final long SUBPAGES = 0x1FF << 3;

    /** What the firmware keeps in bits 38:36 of the GPA field of a Metadata page. */
    public static final int TAG_METADATA = 1;

    /** The same of a FW_IOMMU page. */
    public static final int TAG_IOMMU = 2;

    private static final long GPA_MASK = (1L << 39) - 1;

    /** Bits 50:12 of a page of the firmware's: a tag and an address, in bytes. */
    static long tagged(int tag, long address) {
        return ((long) tag << GPA_TAG_SHIFT | address >>> 12 & GPA_MASK) << 12;
    }

    /** Bit 0: the page is not the hypervisor's. */
    public boolean assigned() {
        return bit(0);
    }

    /** Bit 1: the page is 2M. */
    public boolean large() {
        return bit(1);
    }

    /** Bit 2: RMPUPDATE may not change the entry. */
    public boolean immutable() {
        return bit(2);
    }

    /** Bits 11:3, in the entry of a 2M-aligned frame: how many other 4K frames of its 2M are assigned. */
    public int subpageCount() {
        return (int) (q1 >>> 3 & 0x1FF);
    }

    /** Bits 50:12: the guest physical address in units of 4K. */
    public long gpa() {
        return q1 >>> 12 & GPA_MASK;
    }

    /** Bits 60:51. */
    public int asid() {
        return (int) (q1 >>> 51 & 0x3FF);
    }

    /** Bit 61: the page is a VMSA. */
    public boolean vmsa() {
        return bit(61);
    }

    /** Bit 62. */
    public boolean validated() {
        return bit(62);
    }

    /** Bit 63: hardware or firmware has the entry locked. */
    public boolean lock() {
        return bit(63);
    }

    /** The permission byte of {@code vmpl}, 0 to 3, in the bits of {@link Permissions}. */
    public int permissions(int vmpl) {
        return (int) (q2 >>> (8 * vmpl) & 0xFF);
    }

    private boolean bit(int index) {
        return (q1 >>> index & 1) != 0;
    }

    @Override
    public String toString() {
        return "q1 0x%016X, q2 0x%016X".formatted(q1, q2);
    }
}
