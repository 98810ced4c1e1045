package org.ringfence.machine.s390;

/**
 * What an Ultravisor call answers. RC 0x107 with RRC 0xD and RC 0x10A are Linux's names for numbers; what other RC
 * there are it does not tell, and all of them are one here.
 */
public enum UvStatus {
    SUCCESS(0x1),
    /** The page is not secure: RRC 0xD. To destroy it counts as done. */
    NOT_SECURE(0x107),
    /** There is no page at the address of the guest. */
    NO_PAGE(0x10A),
    /** Anything else: the contents are not what was exported, or the state is another. */
    REFUSED(0x100);

    private final int rc;

    UvStatus(int rc) {
        this.rc = rc;
    }

    /** The return code. */
    public int rc() {
        return rc;
    }

    @Override
    public String toString() {
        return "%s (RC 0x%X)".formatted(name(), rc);
    }
}
