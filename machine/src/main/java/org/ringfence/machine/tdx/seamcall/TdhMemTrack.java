package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.TRACK, SEAMCALL leaf 38: begins the next TLB epoch. Refused while a vCPU of the previous one is inside.
 * Source: TDX module 1.5.01, tdh_mem_track.c.
 *
 * @param td the TD, from 0
 */
public record TdhMemTrack(int td) implements TdCall<TdhMemTrack.Result> {
    /** OP_STATEs from INITIALIZED to LIVE_IMPORT. */
    private static final int OP_STATES = 0x3FE;

    /** How TDH.MEM.TRACK ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCS_NOT_ALLOCATED,
        TDX_OPERAND_BUSY_OP_STATE,
        TDX_OP_STATE_INCORRECT,
        TDX_OPERAND_BUSY_TD_EPOCH,
        TDX_PREVIOUS_TLB_EPOCH_BUSY
    }

    /** Of TD 0. */
    public TdhMemTrack() {
        this(0);
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public Bound bind(Tdx tdx, int lp) {
        boolean checksPrevious = tdx.guards().checks(TdxGuard.TRACK_PREVIOUS_EPOCH_IS_OVER);
        int opStates = tdx.admission().allowed(OP_STATES);
        return (state, _) -> {
            Ending refused = tdx.admission().lockTdr(
                    state, lp, Held.SHARED, Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_BUSY_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().checkTd(state, opStates, Result.TDX_OPERAND_BUSY_OP_STATE);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (tdx.locks().isBusy(state, Kind.TD_EPOCH, Held.EXCLUSIVE)) {
                return Result.TDX_OPERAND_BUSY_TD_EPOCH;
            }
            if (checksPrevious && tdx.epochs().isPreviousBusy(state)) {
                return Result.TDX_PREVIOUS_TLB_EPOCH_BUSY;
            }
            tdx.epochs().advance(state);
            return Result.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.TRACK";
    }
}
