package org.ringfence.machine.tdx.module;

import org.ringfence.machine.tdx.module.sys.SetEntropy;

/** What a machine's module may have. What is absent costs no bit and no move. */
public enum ModuleFeature {
    /** Another logical processor may hold the module's locks for long, by {@link HoldModuleLock}. */
    LOCKS,
    /** TDH.SYS.KEY.CONFIG takes its time: it holds the module's lock in one step and ends in another. */
    LONG_KEY_CONFIG,
    /** A package may be out of entropy, by {@link SetEntropy}. */
    ENTROPY,
    /**
     * What the module changes in its structures stays in the cache of its processor's package until it is evicted or
     * flushed, as stores do in life. Without it a change goes to memory at once.
     */
    CACHED_STORES,
    /** TDH.SYS.TDMR.INIT writes PAMT by such stores too. In life it uses MOVDIR64B. */
    CACHED_TDMR_INIT,
    /**
     * TDH.SYS.KEY.CONFIG that succeeds writes lines of a PAMT under the global KeyID, through the cache of its package.
     * The module 1.5.01 writes none before TDH.SYS.TDMR.INIT, which waits for the last package; Linux unwinds as if it
     * might.
     */
    KEY_CONFIG_WRITES_PAMT,
    /** Pages of 1G. */
    HUGE_PAGES,
    /** A page that is free keeps telling whose it was, as it does in life; TDH.PHYMEM.PAGE.RDMD shows it. */
    STALE_OWNERS
}
