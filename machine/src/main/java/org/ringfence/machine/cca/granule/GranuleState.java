package org.ringfence.machine.cca.granule;

/**
 * What a granule, a frame of 4 KiB, is to the Realm Management Monitor (RMM). Source: TF-RMM rmm-spec-v1.0-rel0,
 * granule_types.h. The granules of devices (PDEV, VDEV) and REC_AUX, of which this RMM asks for none, are not here.
 */
public enum GranuleState {
    /** The host's: in the Non-secure physical address space. */
    NS(0),
    /** Given to the Realm world and used for nothing. */
    DELEGATED(1),
    /** A realm descriptor. */
    RD(2),
    /** A realm execution context: a vCPU. */
    REC(3),
    /** Memory of a realm. */
    DATA(5),
    /** A realm translation table. */
    RTT(6);

    private final int number;

    GranuleState(int number) {
        this.number = number;
    }

    /** The number in the RMM's table of granules. */
    public int number() {
        return number;
    }
}
