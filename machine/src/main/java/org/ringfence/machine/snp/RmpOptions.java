package org.ringfence.machine.snp;

/**
 * What of the Reverse Map Table a machine has. What it has not takes no bits.
 *
 * @param asids the highest ASID an entry can name; 0 is the host
 * @param guestAsid the ASID of the one guest that runs
 * @param vmpls the VMPLs, 1 to 3, whose permission masks are kept, one bit each; any other VMPL has no permission
 *     anywhere
 * @param immutable whether entries have the immutable bit
 * @param vmsa whether entries have the VMSA bit
 * @param checksSharedReads whether a guest's read with C-bit 0 is checked as its writes are; no source settles what
 *     silicon does
 * @param accessSetsSizem whether an access through a 4K nested mapping to a 2M RMP entry faults with the bit SIZEM; KVM
 *     expects that bit from PVALIDATE and RMPADJUST only, and splits the entry either way
 */
public record RmpOptions(
        int asids,
        int guestAsid,
        int vmpls,
        boolean immutable,
        boolean vmsa,
        boolean checksSharedReads,
        boolean accessSetsSizem) {
    /** The ASID of the guest unless said otherwise. */
    public static final int FIRST_ASID = 1;

    public RmpOptions {
        if (guestAsid < 1 || guestAsid > asids) {
            throw new IllegalArgumentException("the guest's ASID " + guestAsid + " is not in 1.." + asids);
        }
        if ((vmpls & ~0b1110) != 0) {
            throw new IllegalArgumentException("only VMPL1, VMPL2 and VMPL3 have permission masks of their own");
        }
    }

    /** One guest at VMPL0, no immutable and no VMSA bit. */
    public static RmpOptions least() {
        return new RmpOptions(FIRST_ASID, FIRST_ASID, 0, false, false, true, true);
    }

    /** These, with the permission mask of one more VMPL. */
    public RmpOptions withVmpl(int vmpl) {
        return new RmpOptions(asids, guestAsid, vmpls | 1 << vmpl, immutable, vmsa, checksSharedReads, accessSetsSizem);
    }

    /** These, with the immutable bit. */
    public RmpOptions withImmutable() {
        return new RmpOptions(asids, guestAsid, vmpls, true, vmsa, checksSharedReads, accessSetsSizem);
    }

    /** These, with the VMSA bit. */
    public RmpOptions withVmsa() {
        return new RmpOptions(asids, guestAsid, vmpls, immutable, true, checksSharedReads, accessSetsSizem);
    }

    /** These, with ASIDs up to {@code highest}, of which the guest has {@code guest}. */
    public RmpOptions withAsids(int highest, int guest) {
        return new RmpOptions(highest, guest, vmpls, immutable, vmsa, checksSharedReads, accessSetsSizem);
    }

    /** These, with a guest's reads through C-bit 0 left unchecked. */
    public RmpOptions withoutSharedReadCheck() {
        return new RmpOptions(asids, guestAsid, vmpls, immutable, vmsa, false, accessSetsSizem);
    }

    /** These, with SIZEM left to PVALIDATE and RMPADJUST. */
    public RmpOptions withoutSizemOnAccess() {
        return new RmpOptions(asids, guestAsid, vmpls, immutable, vmsa, checksSharedReads, false);
    }

    /** Whether the permission mask of {@code vmpl} is kept. */
    public boolean keeps(int vmpl) {
        return (vmpls >>> vmpl & 1) != 0;
    }
}
