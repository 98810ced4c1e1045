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
    HOT_PLUG
}
