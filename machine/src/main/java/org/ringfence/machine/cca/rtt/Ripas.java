package org.ringfence.machine.cca.rtt;

/** What an address is to the realm: RIPAS. Source: RMM specification 1.0. */
public enum Ripas {
    /** RMI_EMPTY: the realm does not use it; an access aborts in the realm. */
    EMPTY(0),
    /** RMI_RAM: memory of the realm. */
    RAM(1),
    /** RMI_DESTROYED: the host has taken memory away there; only the realm can make it RAM again. */
    DESTROYED(2);

    private final int number;

    Ripas(int number) {
        this.number = number;
    }

    /** The number in both interfaces. */
    public int number() {
        return number;
    }
}
