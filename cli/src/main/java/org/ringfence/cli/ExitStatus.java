package org.ringfence.cli;

/** What the program ends with: the same in every command. */
final class ExitStatus {
    /** Every expectation came out. */
    static final int MET = 0;
    /** At least one did not. */
    static final int UNMET = 1;
    /** Bad usage or bad input. */
    static final int BAD_INPUT = 2;
    /** A limit or an interrupt came first. */
    static final int INCONCLUSIVE = 3;
    /** Ringfence itself is wrong: sysexits' EX_SOFTWARE. */
    static final int DEFECT = 70;

    /** What every command says of it in its help. */
    static final String IN_HELP = "%nExit status: 0 every expectation met; 1 one was not; 2 bad usage or input; "
            + "3 inconclusive, by a limit or an interrupt; 70 a defect of Ringfence.%n";

    private ExitStatus() {}

    /**
     * The number that the process ends with. Java ends with 1 where it cannot start; the launcher tells that apart by
     * naming another number for {@link #UNMET}, and ends with 1 itself.
     */
    static int told(int status) {
        return status == UNMET ? Integer.getInteger("ringfence.unmet", UNMET) : status;
    }
}
