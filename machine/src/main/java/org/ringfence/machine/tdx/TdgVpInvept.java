package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Registers;

/**
 * TDG.VP.INVEPT, TDCALL leaf 26: flushes what this logical CPU holds of L2 translations. As long as none go stale it changes nothing. Source: TDX
 * module 1.5.01, tdg_vp_invept.c.
 *
 * @param rcx a bit for each VM; bit 0, L1, and VMs that do not exist are refused
 */
public record TdgVpInvept(long rcx) implements SeptCall<TdgVpInvept.Result> {

    /** How TDG.VP.INVEPT ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_OPERAND_INVALID_RCX
    }

    /** For L2 VM 1. */
    public TdgVpInvept() {
        this(1 << 1);
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        tdx.requireL1(actor, this);
        int vms = tdx.hasL2() ? 2 : 1;
        boolean valid = (rcx & 1) == 0 && rcx >>> vms == 0;
        Result result = valid ? Result.TDX_SUCCESS : Result.TDX_OPERAND_INVALID_RCX;
        return state -> tdx.runs(state, actor) ? result.ordinal() : Outcome.WAITS;
    }

    @Override
    public Registers registers(Machine machine, State before, long code) {
        return Registers.of(Result.values()[(int) code].rax());
    }

    @Override
    public String mnemonic() {
        return "TDG.VP.INVEPT";
    }

    @Override
    public String toString() {
        return "%s RCX=0x%X".formatted(mnemonic(), rcx);
    }
}
