package org.ringfence.machine.snp.rmp;

/** What PSMASH leaves in EAX. */
public enum PsmashResult {
    /** The 2M entry has become entries of 4K. */
    SUCCESS(0),
    /** The address is not 2M aligned or beyond the RMP. */
    FAIL_INPUT(1),
    /** Executed in a guest. */
    FAIL_PERMISSION(2),
    /** The entry is locked, or hardware uses the page. */
    FAIL_INUSE(3),
    /** The page is no assigned 2M page. The name is not verified, the number is. */
    FAIL_BADADDR(7);

    private final int eax;

    PsmashResult(int eax) {
        this.eax = eax;
    }

    /** The number in EAX. */
    public int eax() {
        return eax;
    }

    @Override
    public String toString() {
        return name() + " (EAX " + eax + ")";
    }
}
