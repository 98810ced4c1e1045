package org.ringfence.stack.host.tdx.bringup;

/** The leaf functions that a bring-up calls, in the order of their first calls. */
public enum Call {
    NONE,
    SYS_INIT,
    SYS_LP_INIT,
    SYS_RD,
    SYS_CONFIG,
    SYS_KEY_CONFIG,
    SYS_TDMR_INIT;

    /** The manual's name; empty for {@link #NONE}. */
    public String mnemonic() {
        return this == NONE ? "" : "TDH." + name().replace('_', '.');
    }
}
