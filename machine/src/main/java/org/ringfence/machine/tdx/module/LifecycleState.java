package org.ringfence.machine.tdx.module;

/** Where a TD is with its key, by the numbers of TDR.LIFECYCLE_STATE. Source: TDX module 1.5.01, tdr.h. */
public enum LifecycleState {
    TD_HKID_ASSIGNED,
    TD_KEYS_CONFIGURED,
    TD_BLOCKED,
    TD_TEARDOWN
}
