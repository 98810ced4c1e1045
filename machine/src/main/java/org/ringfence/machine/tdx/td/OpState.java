package org.ringfence.machine.tdx.td;

/**
 * Where a TD is in its life, once its TDCS exists: TDCS.OP_STATE, by its number. A machine brings about the first
 * three; the others are a migration's. Source: TDX module 1.5.01, tdx_tdcs.h, op_state_lookup.c.
 */
public enum OpState {
    UNINITIALIZED,
    INITIALIZED,
    RUNNABLE,
    LIVE_EXPORT,
    PAUSED_EXPORT,
    POST_EXPORT,
    MEMORY_IMPORT,
    STATE_IMPORT,
    POST_IMPORT,
    LIVE_IMPORT,
    FAILED_IMPORT;

    /** The last state that a TD comes to which is not being migrated. */
    public static final OpState LAST_WITHOUT_MIGRATION = RUNNABLE;

    /** Whether what is taken away must be blocked and tracked first. */
    public boolean tracksTlbs() {
        return this == RUNNABLE || this == LIVE_EXPORT || this == LIVE_IMPORT;
    }
}
