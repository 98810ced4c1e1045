package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.vocabulary.Meaning;

/**
 * How a host brings TDX up where people disagree; {@link #linux} says what Linux does.
 *
 * @param flush whether all processors do WBINVD between TDH.SYS.CONFIG and the first TDH.SYS.KEY.CONFIG
 * @param entropy what is done about TDX_KEY_GENERATION_FAILED, and about TDX_RND_NO_ENTROPY after ten calls
 * @param busy what is done about TDX_SYS_BUSY from TDH.SYS.KEY.CONFIG
 * @param packages on which packages the key is configured
 * @param unwindFlush whether all processors do WBINVD before the PAMTs' memory goes back
 * @param unwindFlushOn which processors those are
 * @param unwindReset whether the PAMTs' memory is overwritten by MOVDIR64B before it goes back
 */
public record BringUpChoices(
        boolean flush, Retry entropy, Retry busy, Packages packages, boolean unwindFlush,
        FlushOn unwindFlushOn, Reset unwindReset) {

    /** What is done about a status that a second call may not end with. */
    public enum Retry {
        @Meaning("It is a failure like any other: Linux, which retries for TDX_RND_NO_ENTROPY alone.")
        FAIL,
        @Meaning("The call is made again, however often it takes.")
        RETRY
    }

    /** Where the key is configured. */
    public enum Packages {
        @Meaning("On every package that has a processor online, one after the other: Linux.")
        ONLINE,
        @Meaning("On every package; where none of its processors is online, one is taken online for the call.")
        TAKEN_ONLINE,
        @Meaning("On every package whose memory holds a PAMT.")
        WITH_PAMT,
        @Meaning("On the package that brings the module up alone.")
        FIRST,
        @Meaning("On the package that brings the module up; others see to themselves, at the same time, and are "
                + "waited for.")
        OWN
    }

    /** Which processors flush their caches. */
    public enum FlushOn {
        @Meaning("Those of every package: Linux.")
        EVERY_PACKAGE,
        @Meaning("Those of the first package alone, which configures its key first.")
        FIRST_PACKAGE,
        @Meaning("Those of the last package alone, which configures its key last.")
        LAST_PACKAGE
    }

    /** Whether memory is reset. */
    public enum Reset {
        @Meaning("Never.")
        NEVER,
        @Meaning("Where the processor has the partial-write erratum: Linux.")
        ON_ERRATUM,
        @Meaning("Always.")
        ALWAYS
    }

    /** What Linux does. */
    public static BringUpChoices linux() {
        return new BringUpChoices(true, Retry.FAIL, Retry.FAIL, Packages.ONLINE, true, FlushOn.EVERY_PACKAGE,
                Reset.ON_ERRATUM);
    }

    /** Whether a leaf function is called again after this status. */
    boolean retries(long rax) {
        return entropy == Retry.RETRY && (rax == Statuses.KEY_GENERATION_FAILED || rax == Statuses.NO_ENTROPY)
                || busy == Retry.RETRY && rax == Statuses.SYS_BUSY;
    }
}
