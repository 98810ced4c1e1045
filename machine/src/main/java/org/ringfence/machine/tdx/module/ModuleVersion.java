package org.ringfence.machine.tdx.module;

import org.ringfence.machine.vocabulary.Meaning;

/** Which module a platform has loaded, where modules differ. */
public enum ModuleVersion {
    /** Source: TDX module 1.5.01, tdh_sys_lp_init.c, tdh_sys_config.c. */
    @Meaning("1.5.01: TDH.SYS.LP.INIT runs between TDH.SYS.INIT and TDH.SYS.CONFIG only, and TDH.SYS.CONFIG "
            + "wants it done on every logical processor of the platform.")
    V1_5_01,
    /** Source: Linux, Documentation/arch/x86/tdx.rst. */
    @Meaning("What Linux expects of later ones: TDH.SYS.LP.INIT runs at any time after TDH.SYS.INIT, as a "
            + "processor comes online, and TDH.SYS.CONFIG does not wait for those that are offline. No published "
            + "source of a module has this.")
    HOT_PLUG,
    /** Source: TDX module, commit 1666adc, tdh_sys_config.c; {@link PamtPages}. */
    @Meaning("A later published one, commit 1666adc of its repository, as far as dynamic PAMT goes, which bit 16 of "
            + "R8 of TDH.SYS.CONFIG enables; else as 1.5.01.")
    DYNAMIC_PAMT;

    /** Whether TDH.SYS.LP.INIT must be done everywhere before TDH.SYS.CONFIG, and cannot be done later. */
    public boolean initializesEveryLpFirst() {
        return this != HOT_PLUG;
    }

    /** Whether a host can choose dynamic PAMT. */
    public boolean hasDynamicPamt() {
        return this == DYNAMIC_PAMT;
    }
}
