package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * A leaf function of the host's on a TD as a whole, or on one of its vCPUs: the checks of the TD and its OP_STATE, then its own. The machine must
 * have the module with its root pages and PAMT, or the leaf has nothing to work on.
 *
 * @param <R> the statuses that it ends with
 */
public interface TdCall<R extends Enum<R> & ModuleStatus> extends ModuleCall<R> {

    /** The TD, from 0: its TDR is named in a register, or is the owner of the page named. */
    int td();

    /** The register that names the TD. */
    default String tdrRegister() {
        return "RDX";
    }

    /** How the leaf holds the TDR. */
    default Held tdr() {
        return Held.SHARED;
    }

    /** OP_STATEs in which the leaf runs, one bit each. */
    int opStates();

    /** The enum of its results. */
    Class<R> type();

    /** Refuses a machine that the leaf has no meaning on. */
    default void require(Tdx tdx) {
        if (!tdx.root().hasLife()) {
            throw new IllegalStateException(
                    this + ": the machine's TDs are built already; it has no module that builds them");
        }
    }

    /** What keeps it from the TD, called by logical processor {@code lp}. */
    default Refusal refuse(Tdx tdx, State state, int lp, int allowed) {
        return tdx.admission().refuses(state, lp, tdr(), allowed);
    }

    /** How its results are named. */
    default Codes codes() {
        return Codes.of(type(), tdrRegister(), "", "RCX");
    }

    /** What it checks and does, on a TD, called by logical processor {@code lp}. */
    Work work(Tdx tdx, int lp);

    /** The rest of a leaf: leaves the state alone unless it answers {@link Refusal#TDX_SUCCESS}. */
    @FunctionalInterface
    interface Work {
        /** Checks, and does it. */
        Refusal perform(State state, Outputs outputs);
    }

    @Override
    default Results<R> results() {
        return new Results.Closed<>(type());
    }

    @Override
    default Leaf leaf(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td());
        require(tdx);
        int lp = tdx.lp(actor);
        Work work = work(tdx, lp);
        Codes codes = codes();
        int allowed = tdx.guards().checks(TdxGuard.OP_STATE_IS_ALLOWED) ? opStates() : -1;
        return (state, outputs) -> {
            Refusal refused = refuse(tdx, state, lp, allowed);
            if (refused == Refusal.TDX_SUCCESS) {
                refused = work.perform(state, outputs);
            }
            return codes.of(refused != Refusal.TDX_SUCCESS || tdx.root().comesBack(state, lp) ? refused
                    : Refusal.MACHINE_CHECK);
        };
    }
}
