package org.ringfence.machine.snp.rmp;

/**
 * The states of a page as the SEV firmware names them, decoded from an RMP entry as its {@code rmp_entry_get_state}
 * does: the first row that matches. Page size, permissions and the subpage count are not consulted.
 *
 * <p>The entry of a 2M page's tail, decoded by itself, is {@link #RECLAIM}: resolve the head first, as {@link
 * ReverseMapTable#pageState} does.
 */
public enum PageState {
    /** Nothing the firmware knows. */
    INVALID(0x0, "Invalid"),
    /** Beyond the RMP. */
    DEFAULT(0x1, "Default"),
    /** The hypervisor's. */
    HYPERVISOR(0x2, "Hypervisor"),
    /** The hypervisor's for good. */
    HV_FIXED(0x3, "HV_Fixed"),
    /** The firmware's. */
    FIRMWARE(0x4, "Firmware"),
    /** The firmware's, for the IOMMU. */
    FW_IOMMU(0x5, "FW_IOMMU"),
    /** On its way back to the hypervisor. */
    RECLAIM(0x6, "Reclaim"),
    /** A guest's context. */
    CONTEXT(0x7, "Context"),
    /** Swap metadata. */
    METADATA(0x8, "Metadata"),
    /** A guest's, immutable and not validated. */
    PRE_GUEST(0x9, "Pre-Guest"),
    /** A guest's, immutable and validated. */
    PRE_SWAP(0xA, "Pre-Swap"),
    /** A guest's, not validated. */
    GUEST_INVALID(0xB, "Guest-Invalid"),
    /** A guest's, validated. */
    GUEST_VALID(0xC, "Guest-Valid");

    private static final long FW_IOMMU_GPA = (long) RawRmpEntry.TAG_IOMMU << RawRmpEntry.GPA_TAG_SHIFT | 1;

    private final int number;
    private final String printed;

    PageState(int number, String printed) {
        this.number = number;
        this.printed = printed;
    }

    /** The firmware's number for this state. */
    public int number() {
        return number;
    }

    /** The state of an entry inside the RMP. */
    public static PageState decode(RawRmpEntry entry) {
        boolean guest = entry.asid() != 0;
        if (!entry.assigned()) {
            if (guest || entry.validated()) {
                return INVALID;
            }
            return entry.immutable() ? HV_FIXED : HYPERVISOR;
        }
        if (guest) {
            if (entry.immutable()) {
                return entry.validated() ? PRE_SWAP : PRE_GUEST;
            }
            return entry.validated() ? GUEST_VALID : GUEST_INVALID;
        }
        return entry.validated() ? INVALID : ofFirmware(entry);
    }

    private static PageState ofFirmware(RawRmpEntry entry) {
        if (!entry.immutable()) {
            return entry.lock() ? INVALID : RECLAIM;
        }
        if (entry.gpa() == 0) {
            return entry.vmsa() ? CONTEXT : FIRMWARE;
        }
        if (entry.gpa() >>> RawRmpEntry.GPA_TAG_SHIFT == RawRmpEntry.TAG_METADATA) {
            return METADATA;
        }
        return entry.gpa() == FW_IOMMU_GPA && !entry.vmsa() ? FW_IOMMU : INVALID;
    }

    @Override
    public String toString() {
        return printed;
    }
}
