package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.snp.Invlpgb;

/** What a Reverse Map Table can have or do beside the least, and how the points behave that no source settles. */
public enum RmpFeature {
    /** Entries have the immutable bit. */
    IMMUTABLE,
    /** Entries have the VMSA bit, and vCPUs run from VMSA pages. */
    VMSA,
    /** The firmware's page states: the lock bit, and the GPA field that tells Metadata and FW_IOMMU pages. */
    FIRMWARE,
    /**
     * A guest's read with C-bit 0 is not checked as its writes are. VeriSMo checks both; no source settles what silicon
     * does.
     */
    UNCHECKED_SHARED_READS,
    /**
     * An access through a 4K nested mapping to a 2M RMP entry faults without the bit SIZEM. KVM expects that bit from
     * PVALIDATE and RMPADJUST only, and splits the entry either way.
     */
    NO_SIZEM_ON_ACCESS,
    /**
     * RMPUPDATE finds the lock bit before the immutable one, so that pages which the firmware made answer FAIL_INUSE
     * and not FAIL_PERMISSION. The firmware sets both; no source tells which is looked at first.
     */
    LOCK_BEFORE_IMMUTABLE,
    /** An RMPUPDATE that sets the immutable bit sets the lock bit too, as the firmware does. No source tells. */
    IMMUTABLE_LOCKS,
    /**
     * What RMPADJUST and PVALIDATE take away from the inner guest stays usable through cached nested translations until
     * they are flushed ({@link Invlpgb}); else it is gone at once. RMPUPDATE always invalidates the translations of its
     * page on all CPUs. No source tells.
     */
    UNTIL_FLUSH;

    int bit() {
        return 1 << ordinal();
    }
}
