package org.ringfence.machine.operation;

/**
 * What may be promised about a machine. An operation that bears on a promise marks the {@linkplain
 * org.ringfence.machine.state.State#observe state}: that it was put to the test, and whether it broke.
 */
public enum Property {
    /** No untrusted principal observes a secret. */
    CONFIDENTIALITY,
    /**
     * A private read returns what some private write, the measured launch or the zero of a first accept put at that
     * page, or faults.
     */
    INTEGRITY,
    /** What a private read returns is the latest of these. */
    FRESHNESS,
    /** At no instant are two frames valid for one page of a guest, or one frame for two. */
    INJECTIVITY,
    /** No panic or fatal fault is reachable, and no state in which an actor waits and nothing can move. */
    AVAILABILITY,
    /** What a routine takes for a successful accept reads as zero. */
    CLEAN_ACCEPT,
    /** The host suffers no machine check, fatal fault or silent change of its data. */
    HOST_SAFETY,
    /** Bitmaps, memory maps and hardware agree; pages are conserved. */
    ACCOUNTING,
    /** From every reachable state the goal can be reached. */
    PROGRESS;

    private static final long ALL_BROKEN = 0xAAAA_AAAA_AAAA_AAAAL;

    /** The mark that this property was put to the test. */
    public long exercised() {
        return 1L << 2 * ordinal();
    }

    /** The mark that this property broke, which is also a test of it. */
    public long broken() {
        return 3L << 2 * ordinal();
    }

    /** The name in case files and reports, for example {@code clean-accept}. */
    public String printed() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Whether marks tell of any broken property. */
    public static boolean anyBroken(long marks) {
        return (marks & ALL_BROKEN) != 0;
    }

    /** Whether marks tell that this property broke. */
    public boolean isBrokenIn(long marks) {
        return (marks >>> 2 * ordinal() + 1 & 1) != 0;
    }

    /** Whether marks tell that this property was put to the test. */
    public boolean isExercisedIn(long marks) {
        return (marks >>> 2 * ordinal() & 1) != 0;
    }
}
