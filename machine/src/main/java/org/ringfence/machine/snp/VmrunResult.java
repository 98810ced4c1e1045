package org.ringfence.machine.snp;

/** How VMRUN from a VMSA page ends for the host. */
public enum VmrunResult {
    /** The vCPU runs. */
    RESUMED("running", 0),
    /** The page is no valid VMSA of the guest: exit code -1. */
    VMEXIT_INVALID("VMEXIT_INVALID", -1),
    /** A vCPU runs from the page already: exit code -2. */
    VMSA_BUSY("VMSA_BUSY", -2);

    private final String printed;
    private final long exitCode;

    VmrunResult(String printed, long exitCode) {
        this.printed = printed;
        this.exitCode = exitCode;
    }

    /** The exit code in the VMCB; 0 where none is. */
    public long exitCode() {
        return exitCode;
    }

    @Override
    public String toString() {
        return printed;
    }
}
