package org.ringfence.machine.tdx.module.sys;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * A SEAMCALL leaf of this package. Before its own checks come the processor's and the dispatcher's: TDX is disabled (VMfailInvalid), the module is shut
 * down, or not ready for a leaf that needs it to be. A logical processor that a machine check has shut down waits for ever.
 *
 * <p>Source: TDX module 1.5.01, tdx_vmm_dispatcher.c.
 *
 * @param <R> the statuses that it ends with
 */
public interface SystemCall<R> extends ModuleCall<R> {

    /** Its number and name. */
    SeamcallLeaf number();

    /** The code of the result with this name. */
    long end(String name);

    /** Its own checks and effects, called by logical processor {@code lp}. */
    Leaf body(Machine machine, TdxModule module, Guards guards, int lp);

    @Override
    default Leaf leaf(Machine machine, Actor actor) {
        TdxModule module = machine.part(TdxModule.class);
        Guards guards = Guards.of(machine);
        int lp = module.lp(actor);
        Leaf body = body(machine, module, guards, lp);
        long failInvalid = end("TDX_SEAMCALL_VMFAILINVALID");
        boolean runsAfterShutdown = number() == SeamcallLeaf.TDH_SYS_LP_SHUTDOWN
                || !guards.checks(TdxGuard.SYSTEM_IS_NOT_SHUT_DOWN);
        long shutDown = runsAfterShutdown ? 0 : end("TDX_SYS_SHUTDOWN");
        boolean runsBefore = number().runsBeforeReady() || !guards.checks(TdxGuard.SYSTEM_IS_READY);
        long notReady = runsBefore ? 0 : end("TDX_SYS_NOT_READY");
        return (state, outputs) -> {
            if (module.seam().shutDown().get(state, lp)) {
                return Outcome.WAITS;
            }
            if (module.seam().disabled().get(state)) {
                return failInvalid;
            }
            SystemState now = module.system().get(state);
            if (now == SystemState.SYS_SHUTDOWN && !runsAfterShutdown) {
                return shutDown;
            }
            if (now != SystemState.SYS_READY && !runsBefore) {
                return notReady;
            }
            return body.take(state, outputs);
        };
    }

    @Override
    default String mnemonic() {
        return number().mnemonic();
    }

    /** A leaf whose results are an enum's constants. */
    interface Listed<R extends Enum<R> & ModuleStatus> extends SystemCall<R> {

        /** That enum. */
        Class<R> type();

        @Override
        default Results<R> results() {
            return new Results.Closed<>(type());
        }

        @Override
        default long end(String name) {
            return Enum.valueOf(type(), name).ordinal();
        }
    }

    /** A leaf whose results are so many that they are numbers, of which {@link Completion#rax(long)} makes RAX. */
    interface Coded extends SystemCall<Long> {

        @Override
        default Results<Long> results() {
            return new Results.Value();
        }

        @Override
        default long end(String name) {
            return Completion.named(name).code();
        }
    }
}
