package org.ringfence.machine.tdx.tdcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.VcpuContext;

/**
 * TDG.VP.ENTER, TDCALL leaf 25: L1 runs an L2 VM on its vCPU, until that exits to L1. What the processor keeps of an L2
 * VM is left out. Source: TDX module 1.5.01, tdg_vp_enter.c.

 *
 * @param vm RCX[53:52]: the L2 VM, from 1
 */
public record TdgVpEnter(int vm) implements ModuleCall<TdgVpEnter.Result> {

    /** How TDG.VP.ENTER ends. */
    public enum Result implements ModuleStatus {
        /** The L2 VM ran and has exited to L1. */
        TDX_SUCCESS,
        TDX_OPERAND_INVALID_RCX
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Results<Result> results() {
        return new Results.Closed<>(Result.class);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, actor);
        tdx.requireL1(actor, this);
        if (!tdx.inside().entersL2()) {
            throw new IllegalStateException("no L2 VM shares a vCPU with L1: the machine lacks the feature L2_ENTRY");
        }
        int vcpu = tdx.vcpus().of(actor);
        return (state, _) -> ENDINGS.code(enter(tdx, state, actor, vcpu));
    }

    private Ending enter(Tdx tdx, State state, Actor actor, int vcpu) {
        VcpuContext inside = tdx.inside();
        if (vm < 1 || vm > tdx.l2Vms(state)) {
            return tdx.runs(state, actor) ? Result.TDX_OPERAND_INVALID_RCX : NoReturn.WAITS;
        }
        if (tdx.vcpus().isWithHost(state, actor.index()) || tdx.isFatal(state)) {
            return NoReturn.WAITS;
        }
        if (inside.isL1(state, vcpu)) {
            inside.vm().set(state, vcpu, vm);
            return NoReturn.L2_RUNS;
        }
        if (inside.l2(state, vcpu) != 0) {
            return NoReturn.WAITS;
        }
        inside.vm().set(state, vcpu, 0);
        return Result.TDX_SUCCESS;
    }

    @Override
    public String mnemonic() {
        return "TDG.VP.ENTER";
    }
}
