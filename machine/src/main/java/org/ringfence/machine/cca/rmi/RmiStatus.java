package org.ringfence.machine.cca.rmi;

/**
 * What a command of the RMI answers: the status in bits 7:0 and its index above. Source: RMM specification 1.0; TF-RMM
 * rmm-spec-v1.0-rel0, smc-rmi.h.
 */
public enum RmiStatus {
    RMI_SUCCESS(0, 0),
    RMI_ERROR_INPUT(1, 0),
    /** The realm is in another state; of RMI_REC_ENTER: not yet active. */
    RMI_ERROR_REALM(2, 0),
    /** RMI_REC_ENTER: the realm has ended itself. */
    RMI_ERROR_REALM_1(2, 1),
    RMI_ERROR_REC(3, 0),
    /** The entry of level 2 is not what the command needs, or the walk ends there. */
    RMI_ERROR_RTT_2(4, 2),
    /** The entry of level 3 is not what the command needs. */
    RMI_ERROR_RTT_3(4, 3);

    private final int status;
    private final int index;

    RmiStatus(int status, int index) {
        this.status = status;
        this.index = index;
    }

    /** RMI_ERROR_RTT with the level at which the walk ended. */
    public static RmiStatus rtt(int level) {
        return level == 2 ? RMI_ERROR_RTT_2 : RMI_ERROR_RTT_3;
    }

    /** The status without its index. */
    public int status() {
        return status;
    }

    /** The index: a level, of RMI_ERROR_RTT. */
    public int index() {
        return index;
    }

    /** The number in X0. */
    public int x0() {
        return index << 8 | status;
    }

    @Override
    public String toString() {
        return "%s (0x%X)".formatted(name(), x0());
    }
}
