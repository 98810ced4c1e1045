package org.ringfence.machine.tdx.module;

/** State of a private KeyID in the KeyID ownership table, by its number. Source: TDX module 1.5.01, kot.h. */
public enum KeyIdState {
    HKID_FREE,
    HKID_ASSIGNED,
    HKID_FLUSHED,
    /** The module's own, the global private KeyID. */
    HKID_RESERVED
}
