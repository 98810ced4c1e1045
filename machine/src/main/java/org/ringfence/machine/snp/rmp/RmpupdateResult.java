package org.ringfence.machine.snp.rmp;

/** What RMPUPDATE leaves in EAX. */
public enum RmpupdateResult {
    /** The entry was replaced. */
    SUCCESS,
    /**
     * A bad operand: beyond the RMP, misaligned for 2M, an ASID that is none, or an unassigned page with an ASID or
     * immutable.
     */
    FAIL_INPUT,
    /** Executed in a guest, or the old entry is immutable. */
    FAIL_PERMISSION,
    /** The entry is locked, or hardware uses the page. */
    FAIL_INUSE,
    /** 2M over assigned 4K pages, or 4K inside an assigned 2M page. */
    FAIL_OVERLAP;

    /** The number in EAX. */
    public int eax() {
        return ordinal();
    }

    @Override
    public String toString() {
        return name() + " (EAX " + eax() + ")";
    }
}
