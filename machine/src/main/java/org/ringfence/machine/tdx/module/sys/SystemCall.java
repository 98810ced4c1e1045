package org.ringfence.machine.tdx.module.sys;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * A SEAMCALL leaf of the module as a system: TDH.SYS, TDH.MNG and TDH.PHYMEM. What
 * {@linkplain TdxModule#dispatch the dispatcher checks} comes before its own checks.
 *
 * @param <R> the statuses that it ends with
 */
public interface SystemCall<R> extends ModuleCall<R> {

    /** Its number and name. */
    SeamcallLeaf number();

    /** The code of what it ended with. */
    long code(Ending ending);

    /** Its own checks and effects, called by logical processor {@code lp}. */
    Body body(Machine machine, TdxModule module, Guards guards, int lp);

    /** What a leaf does behind the dispatcher. */
    @FunctionalInterface
    interface Body {
        /** Performs it on {@code state}. */
        Ending take(State state, Outputs outputs);
    }

    @Override
    default Leaf leaf(Machine machine, Actor actor) {
        TdxModule module = machine.part(TdxModule.class);
        Guards guards = Guards.of(machine);
        int lp = module.lp(actor);
        Body body = body(machine, module, guards, lp);
        boolean checksShutDown = number() != SeamcallLeaf.TDH_SYS_LP_SHUTDOWN
                && guards.checks(TdxGuard.SYSTEM_IS_NOT_SHUT_DOWN);
        boolean checksReady = !number().runsBeforeReady() && guards.checks(TdxGuard.SYSTEM_IS_READY);
        return (state, outputs) -> {
            Ending refused = module.dispatch(state, lp, checksShutDown, checksReady);
            return code(refused == TdxStatus.TDX_SUCCESS ? body.take(state, outputs) : refused);
        };
    }

    @Override
    default String mnemonic() {
        return number().mnemonic();
    }

    /** A leaf whose results are an enum's constants. */
    interface Listed<R extends Enum<R> & ModuleStatus> extends SystemCall<R> {

        /** Those constants. */
        Endings<R> endings();

        @Override
        default Results<R> results() {
            return new Results.Closed<>(endings().type());
        }

        @Override
        default long code(Ending ending) {
            return endings().code(ending);
        }
    }

    /** A leaf whose results are so many that they are numbers, of which {@link Completion#rax(long)} makes RAX. */
    interface Coded extends SystemCall<Long> {

        @Override
        default Results<Long> results() {
            return new Results.Value();
        }

        @Override
        default long code(Ending ending) {
            return Endings.coded(ending);
        }
    }
}
