package org.ringfence.machine.tdx.td;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageMetadata.Found;
import org.ringfence.machine.tdx.module.PageType;

/**
 * What the module keeps of a trust domain outside its control structure and Secure EPT: the root page (TDR) with its
 * key, and what the PAMT says of its pages. A machine has the module with all of that ({@link ModuleRoot}), or begins
 * with a TD that is built and takes it for granted ({@link GivenRoot}).
 *
 * <p>There are two, as they rest on different state: what the module keeps is read from root pages and the PAMT, whose
 * words can be lost to poison; a machine without the module has no word of that, and what is in use it derives from the
 * trees of its TDs.
 */
public sealed interface TdRoot permits GivenRoot, ModuleRoot {

    /** Whether the TD comes into being and goes, by the host's leaves. */
    boolean hasLife();

    // ---- the root page

    /**
     * The frame of the root page; {@link org.ringfence.machine.state.FrameRef#NONE} where none is kept, or there is no
     * TD.
     */
    int frame(State state);

    /** What the module's dispatcher checks: TDX is disabled, the module is shut down or not ready. */
    Ending dispatch(State state, int lp);

    /** Locks the root page and reads it. */
    Ending lockTdr(State state, int lp, Held held, Ending invalid, Ending busy);

    /** Checks the TD's control structure: the TD is fatal, its key is not configured, pages of its TDCS are missing. */
    Ending checkTd(State state);

    /** Whether the TD's key is configured on every package. */
    boolean hasKey(State state);

    /** The TD's key. */
    int keyId(State state);

    /** Pages of its TDCS. */
    int tdcx(State state);

    /** The TD consumed poison: TDR.FATAL. */
    boolean isFatal(State state);

    /** The TD consumes poison. */
    void die(State state);

    /** The module itself consumes poison, on a logical processor. */
    void consume(State state, int lp);

    /** The module's number of the logical processor that {@code actor} is. */
    int lp(Actor actor);

    /** Whether a leaf called on a logical processor comes back. */
    boolean comesBack(State state, int lp);

    /** Whether the TD has a Secure EPT that somebody can use. */
    boolean hasTree(State state);

    // ---- pages

    /**
     * Looks up a page that is to be one of the TD's: of 4K, or of the 2M or 1G from {@code frame} on; the page must be
     * free.
     */
    Found findFree(State state, int lp, int frame, int level);

    /** Whether the module has the frame neither in use nor reserved. */
    boolean isFree(State state, int frame);

    /** Looks up a 4K page of the TD's that an operand names. */
    Found find(State state, int lp, int frame, PageType type, Held held);

    /**
     * Whether another leaf holds the lock of a page of the TD's, of {@code level}, that a leaf wants for itself without
     * being given its address. Source: TDX module 1.5.01, pamt_manager.c (pamt_implicit_get_and_lock).
     */
    boolean isHeld(State state, int frame, int level);

    /** A page comes into use by the TD. */
    void take(State state, int frame, int level, PageType type);

    /** A page is in use by the TD no more. */
    void giveBack(State state, int frame, int level);

    /** Pages from {@code frame} on become one of {@code level}. */
    void join(State state, int frame, int level);

    /** The page of {@code level} at {@code frame} becomes pages of the level below. */
    void split(State state, int frame, int level);

    // ---- dynamic PAMT

    /** Whether a page of {@code level} has pages of PAMT for its parts that the host gives and gets back. */
    boolean takesPamt(State state, int level);

    /** Bit 62 where the page of {@code level} at {@code frame}, free now, was the last in use of its 2M; else 0. */
    long removalHint(State state, int frame, int level);

    /** The PAMT page of one half of the 2M of {@code frame}. */
    int pamtPage(State state, int frame, boolean secondHalf);

    /**
     * Locks, shared, a page that is to hold PAMT, and looks it up: {@link Found#METADATA_INCORRECT} where it is in use,
     * {@link Found#IS_PAMT} where it holds PAMT already, or is reserved.
     */
    Found findForPamt(State state, int lp, int frame);

    /** Two pages hold the PAMT of the 2M of {@code frame}. */
    void addPamt(State state, int frame, int first, int second);

    /** The pages that hold the PAMT of the 2M of {@code frame} go back to the host. */
    void removePamt(State state, int frame);

    /** Frames of pages of this type that are the TD's, one bit each, of a TD that has a life; for at most 64 frames. */
    long own(State state, PageType type);

    /**
     * Frames that {@link #findFree} is sure to refuse, one bit each, of a TD without a life all of them; for at most 64
     * frames.
     */
    long used(State state);
}
