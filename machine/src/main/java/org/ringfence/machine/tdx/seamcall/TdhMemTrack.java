package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.Locks.Kind;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.TRACK, SEAMCALL leaf 38: begins the next TLB epoch. Refused while a vCPU of the previous one is inside. Source: TDX module 1.5.01,
 * tdh_mem_track.c.
 *
 * @param td the TD, from 0
 */
public record TdhMemTrack(int td) implements ModuleCall<TdhMemTrack.Result> {
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

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        Codes codes = Codes.of(Result.class, "RCX", "", "");
        int lp = tdx.lp(actor);
        return (state, _) -> {
            Refusal refused = check(tdx, state, lp);
            if (refused == Refusal.TDX_SUCCESS) {
                tdx.epochs().advance(state);
            }
            return codes.of(refused);
        };
    }

    public static Refusal check(Tdx tdx, State state, int lp) {
        Refusal refused = tdx.admission().refuses(
                state, lp, Held.SHARED, tdx.guards().checks(TdxGuard.OP_STATE_IS_ALLOWED) ? OP_STATES : -1);
        if (refused != Refusal.TDX_SUCCESS) {
            return refused;
        }
        if (tdx.locks().isBusy(state, Kind.TD_EPOCH, Held.EXCLUSIVE)) {
            return Refusal.TDX_OPERAND_BUSY_TD_EPOCH;
        }
        return tdx.epochs().isPreviousBusy(state) && tdx.guards().checks(TdxGuard.TRACK_PREVIOUS_EPOCH_IS_OVER)
                ? Refusal.TDX_PREVIOUS_TLB_EPOCH_BUSY
                : Refusal.TDX_SUCCESS;
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.TRACK";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td);
    }
}
