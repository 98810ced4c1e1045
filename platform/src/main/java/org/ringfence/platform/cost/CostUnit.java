package org.ringfence.platform.cost;

/** In what a cost is written; each kind has a base unit: seconds, bytes, or bytes a second. */
public enum CostUnit {
    NS("ns", Kind.TIME, 1e-9),
    US("us", Kind.TIME, 1e-6),
    MS("ms", Kind.TIME, 1e-3),
    S("s", Kind.TIME, 1),
    BYTES("bytes", Kind.SIZE, 1),
    MIB("MiB", Kind.SIZE, 1 << 20),
    GIB("GiB", Kind.SIZE, 1 << 30),
    GIB_PER_SECOND("GiB/s", Kind.RATE, 1 << 30);

    /** What is measured. */
    enum Kind {
        TIME,
        SIZE,
        RATE
    }

    private final String printed;
    private final Kind kind;
    private final double base;

    CostUnit(String printed, Kind kind, double base) {
        this.printed = printed;
        this.kind = kind;
        this.base = base;
    }

    Kind kind() {
        return kind;
    }

    /** One of this unit in the base unit of its kind. */
    double base() {
        return base;
    }

    @Override
    public String toString() {
        return printed;
    }
}
