package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.TdxGuard;

/**
 * TDH.MEM.TRACK, SEAMCALL leaf 38: begins the next TLB epoch. Refused while a vCPU of the previous one is inside. Source: TDX module 1.5.01,
 * tdh_mem_track.c.
 */
public record TdhMemTrack() implements SeptCall<TdhMemTrack.Result> {

    /** How TDH.MEM.TRACK ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_TD_FATAL,
        TDX_PREVIOUS_TLB_EPOCH_BUSY
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        return state -> {
            Result result = check(tdx, state);
            if (result == Result.TDX_SUCCESS) {
                tdx.epochs().advance(state);
            }
            return result.ordinal();
        };
    }

    static Result check(Tdx tdx, State state) {
        if (tdx.refusesFatal(state)) {
            return Result.TDX_TD_FATAL;
        }
        return tdx.epochs().isPreviousBusy(state) && tdx.guards().checks(TdxGuard.TRACK_PREVIOUS_EPOCH_IS_OVER)
                ? Result.TDX_PREVIOUS_TLB_EPOCH_BUSY
                : Result.TDX_SUCCESS;
    }

    @Override
    public Registers registers(Machine machine, State before, long code) {
        return Registers.of(Result.values()[(int) code].rax());
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.TRACK";
    }

    @Override
    public String toString() {
        return mnemonic();
    }
}
