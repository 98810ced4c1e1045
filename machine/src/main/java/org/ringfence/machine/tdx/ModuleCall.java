package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.state.State;

/**
 * A leaf function of the TDX module, SEAMCALL or TDCALL, whose typed result has a form in registers too.
 *
 * @param <R> the statuses that it ends with
 */
public interface ModuleCall<R> extends Operation<R> {

    /** RAX, RCX and RDX of this call where its step, taken from {@code before}, ended with {@code code}. */
    Registers registers(Machine machine, State before, long code);
}
