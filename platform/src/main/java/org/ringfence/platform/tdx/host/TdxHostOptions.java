package org.ringfence.platform.tdx.host;

import org.ringfence.machine.tdx.module.ModuleVersion;
import org.ringfence.stack.host.tdx.bringup.BringUpChoices;

/**
 * What can be chosen about a TDX host, by the names that case files use too.
 *
 * @param flush whether all processors do WBINVD before the global key is configured
 * @param entropy what is done when a package finds no entropy for its key
 * @param packages on which packages the key is configured
 * @param unwindFlush whether all processors do WBINVD before the PAMTs' memory goes back
 * @param unwindReset whether the PAMTs' memory is overwritten by MOVDIR64B before it goes back
 * @param erratum whether the processor has the partial-write erratum
 * @param module which module is loaded
 * @param holes between what a TDMR has reserved areas
 */
public record TdxHostOptions(
        boolean flush,
        BringUpChoices.Retry entropy,
        BringUpChoices.Packages packages,
        boolean unwindFlush,
        BringUpChoices.Reset unwindReset,
        boolean erratum,
        ModuleVersion module,
        Holes holes) {

    /** Between what a TDMR has reserved areas. */
    public enum Holes {
        /** Between usable ranges, as Linux does it. */
        MEMORY,
        /** Between convertible ranges. */
        CMRS
    }

    /** What Linux does, on a processor without the erratum. */
    public static TdxHostOptions linux() {
        BringUpChoices linux = BringUpChoices.linux();
        return new TdxHostOptions(
                linux.flush(),
                linux.entropy(),
                linux.packages(), linux.unwindFlush(), linux.unwindReset(), false,
                ModuleVersion.V1_5_01,
                Holes.MEMORY);
    }

    /** The choices among them that the host's software makes. */
    public BringUpChoices choices() {
        return new BringUpChoices(flush, entropy, BringUpChoices.Retry.FAIL, packages, unwindFlush,
                BringUpChoices.FlushOn.EVERY_PACKAGE, unwindReset);
    }
}
