package org.ringfence.machine.tdx.module;

/** How far the module has come, by the numbers of sys_state. Source: TDX module 1.5.01, tdx_global_data.h. */
public enum SystemState {
    SYSINIT_PENDING,
    SYSINIT_DONE,
    SYSCONFIG_DONE,
    SYS_READY,
    SYS_SHUTDOWN
}
