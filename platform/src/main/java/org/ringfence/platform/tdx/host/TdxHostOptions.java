package org.ringfence.platform.tdx.host;

import org.ringfence.machine.tdx.module.ModuleVersion;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.host.tdx.bringup.BringUpChoices;

/** What can be chosen about a TDX host, by the names that case files use too. */
public record TdxHostOptions(
        @Meaning("whether all processors do WBINVD before the global key is configured") boolean flush,
        @Meaning("what is done when a package finds no entropy for its key") BringUpChoices.Retry entropy,
        @Meaning("on which packages the key is configured") BringUpChoices.Packages packages,
        @Meaning("whether all processors do WBINVD before the PAMTs' memory goes back") boolean unwindFlush,
        @Meaning("whether the PAMTs' memory is overwritten by MOVDIR64B before it goes back") BringUpChoices.Reset unwindReset,
        @Meaning("whether the processor has the partial-write erratum") boolean erratum,
        @Meaning("which module is loaded") ModuleVersion module,
        @Meaning("between what a TDMR has reserved areas") Holes holes) {

    /** Between what a TDMR has reserved areas. */
    public enum Holes {
        @Meaning("Between usable ranges, as Linux does it.")
        MEMORY,
        @Meaning("Between convertible ranges.")
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
