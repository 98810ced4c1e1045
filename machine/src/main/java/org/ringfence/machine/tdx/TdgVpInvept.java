package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * TDG.VP.INVEPT, TDCALL leaf 26: flushes what this logical CPU holds of L2 translations. As long as none go stale it changes nothing. Source: TDX
 * module 1.5.01, tdg_vp_invept.c.
 *
 * @param rcx a bit for each VM; bit 0, L1, and VMs that do not exist are refused
 */
public record TdgVpInvept(long rcx) implements ModuleCall<TdgVpInvept.Result> {

    /** How TDG.VP.INVEPT ends. */
    public enum Result implements ModuleStatus {
        SUCCESS(TdxStatus.TDX_SUCCESS, 0),
        OPERAND_INVALID(TdxStatus.TDX_OPERAND_INVALID, OperandId.RCX);

        private final TdxStatus status;
        private final int details;

        Result(TdxStatus status, int details) {
            this.status = status;
            this.details = details;
        }

        @Override
        public TdxStatus status() {
            return status;
        }

        @Override
        public int details() {
            return details;
        }

        @Override
        public String toString() {
            return ModuleStatus.print(this);
        }
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
        Result result = valid ? Result.SUCCESS : Result.OPERAND_INVALID;
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
