package org.ringfence.machine.cca.rtt;

/** What the host has made of an intermediate physical address (IPA): HIPAS. Source: RMM specification 1.0. */
public enum Hipas {
    /** RMI_UNASSIGNED: there is no memory. */
    UNASSIGNED(0),
    /** RMI_ASSIGNED: there is memory. */
    ASSIGNED(1),
    /** RMI_TABLE: there is a table of the next level. */
    TABLE(2);

    private final int number;

    Hipas(int number) {
        this.number = number;
    }

    /** The number that RMI_RTT_READ_ENTRY tells. */
    public int number() {
        return number;
    }
}
