package org.ringfence.machine.snp.rmp;

/**
 * What of the Reverse Map Table a machine has. What it has not takes no bits.
 *
 * @param asids the highest ASID an entry can name; 0 is the host
 * @param guestAsid the ASID of the one guest that runs
 * @param vmpls the VMPLs, 1 to 3, whose permission masks are kept, one bit each; any other VMPL has no permission
 *     anywhere
 * @param features a bit for each {@link RmpFeature}
 * @param uncovered how many frames at the end of memory lie beyond the RMP, in {@link PageState#DEFAULT}
 */
public record RmpOptions(int asids, int guestAsid, int vmpls, int features, int uncovered) {
    /** The ASID of the guest unless said otherwise. */
    public static final int FIRST_ASID = 1;

    public RmpOptions {
        if (guestAsid < 1 || guestAsid > asids) {
            throw new IllegalArgumentException("the guest's ASID " + guestAsid + " is not in 1.." + asids);
        }
        if ((vmpls & ~0b1110) != 0) {
            throw new IllegalArgumentException("only VMPL1, VMPL2 and VMPL3 have permission masks of their own");
        }
        if (uncovered < 0) {
            throw new IllegalArgumentException(
                    uncovered + " frames lie beyond the RMP; there cannot be fewer than 0");
        }
    }

    /** One guest at VMPL0, no immutable and no VMSA bit. */
    public static RmpOptions least() {
        return new RmpOptions(FIRST_ASID, FIRST_ASID, 0, 0, 0);
    }

    /** These, with the permission mask of one more VMPL. */
    public RmpOptions withVmpl(int vmpl) {
        return new RmpOptions(asids, guestAsid, vmpls | 1 << vmpl, features, uncovered);
    }

    /** These, with one more feature. What the firmware does needs the immutable and the VMSA bit. */
    public RmpOptions with(RmpFeature feature) {
        int more = feature == RmpFeature.FIRMWARE ? RmpFeature.IMMUTABLE.bit() | RmpFeature.VMSA.bit() : 0;
        return new RmpOptions(asids, guestAsid, vmpls, features | feature.bit() | more, uncovered);
    }

    /** These, with the immutable bit. */
    public RmpOptions withImmutable() {
        return with(RmpFeature.IMMUTABLE);
    }

    /** These, with the VMSA bit. */
    public RmpOptions withVmsa() {
        return with(RmpFeature.VMSA);
    }

    /** These, with ASIDs up to {@code highest}, of which the guest has {@code guest}. */
    public RmpOptions withAsids(int highest, int guest) {
        return new RmpOptions(highest, guest, vmpls, features, uncovered);
    }

    /** These, with {@code frames} frames at the end of memory that the RMP does not cover. */
    public RmpOptions withUncovered(int frames) {
        return new RmpOptions(asids, guestAsid, vmpls, features, frames);
    }

    /** These, with a guest's reads through C-bit 0 left unchecked. */
    public RmpOptions withoutSharedReadCheck() {
        return with(RmpFeature.UNCHECKED_SHARED_READS);
    }

    /** These, with SIZEM left to PVALIDATE and RMPADJUST. */
    public RmpOptions withoutSizemOnAccess() {
        return with(RmpFeature.NO_SIZEM_ON_ACCESS);
    }

    /** Whether the RMP has or does this. */
    public boolean has(RmpFeature feature) {
        return (features & feature.bit()) != 0;
    }

    /** Whether entries have the immutable bit. */
    public boolean immutable() {
        return has(RmpFeature.IMMUTABLE);
    }

    /** Whether entries have the VMSA bit. */
    public boolean vmsa() {
        return has(RmpFeature.VMSA);
    }

    /** Whether the firmware's page states are told apart. */
    public boolean firmware() {
        return has(RmpFeature.FIRMWARE);
    }

    /** Whether a guest's read with C-bit 0 is checked as its writes are. */
    public boolean checksSharedReads() {
        return !has(RmpFeature.UNCHECKED_SHARED_READS);
    }

    /** Whether an access through a 4K nested mapping to a 2M RMP entry faults with the bit SIZEM. */
    public boolean accessSetsSizem() {
        return !has(RmpFeature.NO_SIZEM_ON_ACCESS);
    }

    /** Whether the permission mask of {@code vmpl} is kept. */
    public boolean keeps(int vmpl) {
        return (vmpls >>> vmpl & 1) != 0;
    }
}
