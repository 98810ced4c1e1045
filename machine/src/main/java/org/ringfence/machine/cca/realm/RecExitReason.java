package org.ringfence.machine.cca.realm;

/** Why a REC is with the host. Source: TF-RMM rmm-spec-v1.0-rel0, smc-rmi.h and core/exit.c. */
public enum RecExitReason {
    /** It is not, or was never entered. */
    NONE(-1),
    /** RMI_EXIT_SYNC: a translation fault at a protected IPA, of which only the page is told. */
    SYNC_PROTECTED(0),
    /** RMI_EXIT_SYNC: a translation fault at an unprotected IPA, with a syndrome that the host can emulate. */
    SYNC_UNPROTECTED(0),
    /** RMI_EXIT_SYNC: a granule protection fault. */
    SYNC_GRANULE_PROTECTION(0),
    /** RMI_EXIT_PSCI: the realm has ended itself. */
    PSCI(3),
    /** RMI_EXIT_RIPAS_CHANGE: the realm asks for another RIPAS. */
    RIPAS_CHANGE(4);

    private final int number;

    RecExitReason(int number) {
        this.number = number;
    }

    /** The exit reason of {@code rmi_rec_exit}. */
    public int number() {
        return number;
    }
}
