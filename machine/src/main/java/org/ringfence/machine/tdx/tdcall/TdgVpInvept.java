package org.ringfence.machine.tdx.tdcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDG.VP.INVEPT, TDCALL leaf 26: flushes what this logical CPU, and no other, keeps of translations of L2 VMs. Source:
 * TDX module 1.5.01, tdg_vp_invept.c.
 *
 * @param rcx a bit for each VM; bit 0, L1, and VMs that do not exist are refused
 */
public record TdgVpInvept(long rcx) implements ModuleCall<TdgVpInvept.Result> {

    /** How TDG.VP.INVEPT ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_OPERAND_INVALID_RCX
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    /** For L2 VM 1. */
    public TdgVpInvept() {
        this(1 << 1);
    }

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        tdx.requireL1(actor, this);
        int vcpu = tdx.vcpus().of(actor);
        return (state, _) -> tdx.runs(state, actor)
                ? ENDINGS.code(flush(tdx, state, vcpu))
                : Outcome.WAITS;
    }

    private Result flush(Tdx tdx, State state, int vcpu) {
        int vms = tdx.l2Vms(state) + 1;
        if ((rcx & 1) != 0 || rcx >>> vms != 0) {
            return Result.TDX_OPERAND_INVALID_RCX;
        }
        int cpu = tdx.vps().cpu(state, vcpu);
        for (int vm = 1; vm < vms; vm++) {
            if ((rcx >> vm & 1) != 0) {
                tdx.translations().flush(state, cpu, vm);
            }
        }
        return Result.TDX_SUCCESS;
    }

    @Override
    public String mnemonic() {
        return "TDG.VP.INVEPT";
    }
}
