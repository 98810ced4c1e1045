package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * TDH.VP.ENTER by registers, on the logical CPU that calls: {@link TdhVpEnter}, or {@link TdhVpEnterWithAnswer} where
 * the vCPU called. Nobody waits: a vCPU that is inside already is refused as the
 * module does it.
 *
 * @param td the TD, from 0
 * @param vcpu from 0
 * @param in RCX bits 52 and 53 are flags; R10 and R11 answer a vCPU that called
 */
public record TdhVpEnterRegisters(int td, int vcpu, Registers in) implements ModuleCall<TdhVpEnter.Result> {
    /** Bits of RCX beside the TDVPR. */
    static final long FLAGS = 3L << 52;

    private static final long RECOVERABILITY_HINT = 1L << 52;
    private static final long RESUME_L1 = 1L << 53;

    @Override
    public Results<TdhVpEnter.Result> results() {
        return new Results.Closed<>(TdhVpEnter.Result.class);
    }

    @Override
    public Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        int lp = tdx.vps().require(tdx.lp(actor), actor);
        TdhVpEnter.Bound entering = TdhVpEnter.bind(tdx, lp);
        return (state, outputs) -> {
            Ending ending = entering.perform(
                    state, vcpu, (in.rcx() & RECOVERABILITY_HINT) != 0, (in.rcx() & RESUME_L1) != 0);
            if (ending == TdhVpEnter.Result.TDX_SUCCESS) {
                if (tdx.vcpus().is(state, vcpu, Cpus.Status.CALLING)) {
                    answer(tdx, state);
                } else {
                    tdx.vcpus().enter(state, vcpu);
                }
            }
            return TdhVpEnter.ENDINGS.code(ending);
        };
    }

    private void answer(Tdx tdx, State state) {
        MapGpaAnswer answer = MapGpaAnswer.of(in.r10());
        boolean tells = answer == MapGpaAnswer.RETRY && tdx.options().has(TdxFeature.MAP_GPA_RETRY);
        tdx.vcpus().answer(state, vcpu, answer, tells ? GuestPages.page(tdx.geometry(), in.r11()) + 1 : 0);
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.ENTER";
    }
}
