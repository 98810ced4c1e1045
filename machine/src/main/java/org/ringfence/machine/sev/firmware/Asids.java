package org.ringfence.machine.sev.firmware;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.sev.SevGuard;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The life of address space identifiers as the SEV firmware keeps account of it, for each core complex (CCX).
 *
 * <p>What it guarantees: caches are tagged with an ASID and not with a key, so a line of a guest that is gone would be
 * found, or written back, by the next guest with its number. So an ASID that ran is <em>dirty</em> until every core has
 * run WBINVD and DF_FLUSH has been called; only then is it <em>clean</em> and can be given away again. DEACTIVATE,
 * WBINVD everywhere, DF_FLUSH, ACTIVATE: any other order is refused.
 *
 * <p>In each CCX an ASID is exactly one of clean, allocated, in use and dirty, once {@link #initialise} was called.
 * Source: SEV firmware, {@code sev_mcmd.c} (mcmd_df_flush_common, mcmd_activate_common, sev_mcmd_deactivate).
 *
 * @param asids the last ASID
 * @param ccxs core complexes
 * @param coresPerCcx cores of each
 * @param inUse a bit a CCX: a guest with this ASID runs
 * @param allocated given to a guest that has not been launched yet
 * @param dirty used, and not flushed since
 * @param clean free
 * @param flushed a bit a core: it has run WBINVD since its CCX was last marked
 */
public record Asids(
        int asids,
        int ccxs,
        int coresPerCcx,
        Bits inUse,
        Bits allocated,
        Bits dirty,
        Bits clean,
        Bits flushed,
        Guards guards) {

    /** Declares the account of ASIDs 1 to {@code asids} on that many cores. */
    public static Asids declare(Declaration declaration, int asids, int ccxs, int coresPerCcx, Guards guards) {
        if (ccxs < 1 || coresPerCcx < 1 || ccxs * coresPerCcx > 64) {
            throw new IllegalArgumentException(
                    ccxs + " CCXs of " + coresPerCcx + " cores; allowed are 1 to 64 cores in all");
        }
        Table table = declaration.table("ASID", "ASID less 1", asids);
        return new Asids(
                asids,
                ccxs,
                coresPerCcx,
                table.bits("in use", ccxs),
                table.bits("allocated", ccxs),
                table.bits("dirty", ccxs),
                table.bits("clean", ccxs),
                declaration.single("WBINVD").bits("done on cores", ccxs * coresPerCcx),
                guards);
    }

    /** How many cores there are. */
    public int cores() {
        return ccxs * coresPerCcx;
    }

    /** INIT and SNP_INIT: every ASID is dirty everywhere, so that nothing can be activated before a flush. */
    public void initialise(State state) {
        for (int i = 0; i < asids; i++) {
            inUse.set(state, i, 0);
            allocated.set(state, i, 0);
            dirty.set(state, i, everywhere());
            clean.set(state, i, 0);
        }
        flushed.set(state, 0, 0);
    }

    /** A core has run WBINVD. */
    public void flush(State state, int core) {
        flushed.add(state, 0, core);
    }

    /** Whether there is such an ASID. */
    public boolean has(int asid) {
        return asid >= 1 && asid <= asids;
    }

    /** Whether a guest has {@code asid} anywhere. */
    public boolean isOwned(State state, int asid) {
        return (inUse.get(state, asid - 1) | allocated.get(state, asid - 1)) != 0;
    }

    /**
     * Whether {@code asid} is dirty anywhere. One that is neither owned nor dirty is clean everywhere, which the
     * firmware looks at last.
     */
    public boolean isDirty(State state, int asid) {
        return dirty.get(state, asid - 1) != 0;
    }

    /** A guest gets {@code asid} everywhere, to run at once or when its launch is finished. */
    public void take(State state, int asid, boolean running) {
        clean.set(state, asid - 1, 0);
        dirty.set(state, asid - 1, 0);
        (running ? inUse : allocated).set(state, asid - 1, everywhere());
    }

    /** The launch of the guest with {@code asid} is finished: it runs. */
    public void run(State state, int asid) {
        inUse.set(state, asid - 1, inUse.get(state, asid - 1) | allocated.get(state, asid - 1));
        allocated.set(state, asid - 1, 0);
    }

    /** A guest gives {@code asid} up: clean where it never ran, dirty where it did, and there WBINVD is due. */
    public void give(State state, int asid) {
        long ran = inUse.get(state, asid - 1);
        clean.set(state, asid - 1, clean.get(state, asid - 1) | allocated.get(state, asid - 1));
        allocated.set(state, asid - 1, 0);
        dirty.set(state, asid - 1, dirty.get(state, asid - 1) | ran);
        inUse.set(state, asid - 1, 0);
        for (int ccx = 0; ccx < ccxs; ccx++) {
            if ((ran >>> ccx & 1) != 0) {
                flushed.set(state, 0, flushed.get(state, 0) & ~coresOf(ccx));
            }
        }
    }

    /**
     * DF_FLUSH and SNP_DF_FLUSH: a CCX all of whose cores have run WBINVD has no dirty ASID any more, also where
     * another CCX makes it fail.
     */
    public SevStatus dfFlush(State state) {
        long done = 0;
        for (int ccx = 0; ccx < ccxs; ccx++) {
            boolean every = (flushed.get(state, 0) & coresOf(ccx)) == coresOf(ccx);
            if (every || !guards.checks(SevGuard.DF_FLUSH_FOLLOWS_WBINVD)) {
                done |= 1L << ccx;
            }
        }
        for (int i = 0; i < asids; i++) {
            long now = dirty.get(state, i) & done;
            dirty.set(state, i, dirty.get(state, i) & ~now);
            clean.set(state, i, clean.get(state, i) | now);
        }
        return done == everywhere() ? SevStatus.SUCCESS : SevStatus.WBINVD_REQUIRED;
    }

    /** Whether every ASID is clean everywhere: what SNP_SHUTDOWN asks for. */
    public boolean isAllClean(State state) {
        for (int i = 0; i < asids; i++) {
            if (clean.get(state, i) != everywhere()) {
                return false;
            }
        }
        return true;
    }

    /** A bit for each CCX. */
    public long everywhere() {
        return ones(ccxs);
    }

    private long coresOf(int ccx) {
        return ones(coresPerCcx) << ccx * coresPerCcx;
    }

    private static long ones(int count) {
        return count == 64 ? -1L : (1L << count) - 1;
    }
}
