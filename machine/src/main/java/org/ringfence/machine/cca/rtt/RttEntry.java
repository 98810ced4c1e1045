package org.ringfence.machine.cca.rtt;

/**
 * The states of an entry of a realm translation table. Only ASSIGNED_RAM and ASSIGNED_NS are valid to the hardware; the
 * others are invalid descriptors in whose bits the RMM keeps the state. Source: TF-RMM rmm-spec-v1.0-rel0, lib/s2tt.
 */
public enum RttEntry {
    UNASSIGNED_EMPTY(Hipas.UNASSIGNED, Ripas.EMPTY),
    UNASSIGNED_RAM(Hipas.UNASSIGNED, Ripas.RAM),
    UNASSIGNED_DESTROYED(Hipas.UNASSIGNED, Ripas.DESTROYED),
    ASSIGNED_EMPTY(Hipas.ASSIGNED, Ripas.EMPTY),
    ASSIGNED_RAM(Hipas.ASSIGNED, Ripas.RAM),
    ASSIGNED_DESTROYED(Hipas.ASSIGNED, Ripas.DESTROYED),
    /** Of the unprotected half: nothing is mapped. */
    UNASSIGNED_NS(Hipas.UNASSIGNED, Ripas.EMPTY),
    /** Of the unprotected half: the host's memory is mapped. */
    ASSIGNED_NS(Hipas.ASSIGNED, Ripas.EMPTY),
    /** A table of the next level. */
    TABLE(Hipas.TABLE, Ripas.EMPTY);

    private final Hipas hipas;
    private final Ripas ripas;

    RttEntry(Hipas hipas, Ripas ripas) {
        this.hipas = hipas;
        this.ripas = ripas;
    }

    /** As RMI_RTT_READ_ENTRY tells it. */
    public Hipas hipas() {
        return hipas;
    }

    /** As RMI_RTT_READ_ENTRY tells it, which is EMPTY for entries that have none. */
    public Ripas ripas() {
        return ripas;
    }

    /** Whether it has a RIPAS: an entry of protected memory that is no table. */
    public boolean hasRipas() {
        return this != TABLE && !isUnprotected();
    }

    /** Whether it is of the unprotected half and no table. */
    public boolean isUnprotected() {
        return this == UNASSIGNED_NS || this == ASSIGNED_NS;
    }

    /** Whether a granule of the realm's lies there. */
    public boolean isAssigned() {
        return hipas == Hipas.ASSIGNED && !isUnprotected();
    }

    /** Whether it is UNASSIGNED with any RIPAS. */
    public boolean isUnassigned() {
        return hipas == Hipas.UNASSIGNED && hasRipas();
    }

    /** An entry of protected memory. */
    public static RttEntry of(Hipas hipas, Ripas ripas) {
        boolean assigned = hipas == Hipas.ASSIGNED;
        return switch (ripas) {
            case EMPTY -> assigned ? ASSIGNED_EMPTY : UNASSIGNED_EMPTY;
            case RAM -> assigned ? ASSIGNED_RAM : UNASSIGNED_RAM;
            case DESTROYED -> assigned ? ASSIGNED_DESTROYED : UNASSIGNED_DESTROYED;
        };
    }
}
