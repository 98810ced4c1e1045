package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.LeafInSteps;
import org.ringfence.machine.tdx.td.LeafLocks;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * A leaf function of the host's on a TD: what the dispatcher checks, then the leaf. Source: TDX module 1.5.01,
 * tdx_vmm_dispatcher.c.
 *
 * @param <R> the statuses that it ends with
 */
public interface TdCall<R extends Enum<R> & ModuleStatus> extends ModuleCall<R> {

    /** The TD, from 0: its TDR is named in a register, or is the owner of the page named. */
    int td();

    /** Its results. */
    Endings<R> endings();

    /** The page that the leaf is given; {@link FreePage#NONE} where it is given none, or locks it not. */
    default Frame frame() {
        return FreePage.NONE;
    }

    /** The vCPU that it is on; 0 for a leaf on a TD. */
    default int vcpu() {
        return 0;
    }

    /** It in two steps, where the machine has {@link TdxFeature#STEPS}. */
    default LeafInSteps steps(Tdx tdx, Actor actor, int lp) {
        return LeafInSteps.ofHost(tdx, LeafLocks.of(mnemonic()), actor, lp, vcpu(), frame().index());
    }

    /** It on a TD, called by logical processor {@code lp}. */
    Bound bind(Tdx tdx, int lp);

    /** A leaf bound to a TD and a logical processor: its checks in their order, and what it does. */
    @FunctionalInterface
    interface Bound {
        /** Performs it. */
        Ending perform(State state, Outputs outputs);
    }

    @Override
    default Results<R> results() {
        return new Results.Closed<>(endings().type());
    }

    @Override
    default Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td());
        int lp = tdx.lp(actor);
        Bound leaf = bind(tdx, lp);
        Endings<R> endings = endings();
        Leaf oneStep = (state, outputs) -> {
            Ending refused = tdx.root().dispatch(state, lp);
            return endings.code(refused == TdxStatus.TDX_SUCCESS ? leaf.perform(state, outputs) : refused);
        };
        return LeafInSteps.has(tdx, actor) ? steps(tdx, actor, lp).of(oneStep) : oneStep;
    }

    /** Refuses a machine without the module, whose root pages and PAMT a leaf works on. */
    default void requireModule(Tdx tdx) {
        if (!tdx.root().hasLife()) {
            throw new IllegalStateException(
                    this + ": the machine's TDs are built already; it has no module that builds them");
        }
    }
}
