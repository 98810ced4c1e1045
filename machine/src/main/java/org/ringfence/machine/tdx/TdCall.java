package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.Locks.Held;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;

/**
 * A leaf function of the host's on a TD as a whole, or on one of its vCPUs: the checks of the TD and its OP_STATE, then its own. The TD must have a
 * {@link TdxFeature#LIFE}, or the leaf has nothing to work on.
 *
 * @param <R> the statuses that it ends with
 */
interface TdCall<R extends Enum<R> & ModuleStatus> extends ModuleCall<R> {

    /** The TD, from 0: its TDR is named in a register, or is the owner of the page named. */
    int td();

    /** How the leaf holds the TDR. */
    default Held tdr() {
        return Held.SHARED;
    }

    /** OP_STATEs in which the leaf runs, one bit each. */
    int opStates();

    /** The enum of its results. */
    Class<R> type();

    /** What it checks and does, on a TD. */
    Work work(Tdx tdx);

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
        if (!tdx.options().has(TdxFeature.LIFE)) {
            throw new IllegalStateException(this + ": the machine's TDs are built already; it lacks the feature LIFE");
        }
        Work work = work(tdx);
        Codes codes = Codes.of(type());
        int allowed = tdx.guards().checks(TdxGuard.OP_STATE_IS_ALLOWED) ? opStates() : -1;
        return (state, outputs) -> {
            Refusal refused = tdx.refuses(state, tdr(), allowed);
            return codes.of(refused == Refusal.TDX_SUCCESS ? work.perform(state, outputs) : refused);
        };
    }
}
