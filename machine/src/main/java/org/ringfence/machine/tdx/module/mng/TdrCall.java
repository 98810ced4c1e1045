package org.ringfence.machine.tdx.module.mng;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.phymem.PageOperand;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * A leaf of this package on a TD as a whole, which RCX names by its root page; that is held exclusively.
 *
 * @param <R> the statuses that it ends with
 */
public interface TdrCall<R extends Enum<R> & ModuleStatus> extends SystemCall.Listed<R> {

    /** Address of the TDR. */
    long rcx();

    /** Its own checks and effects, called by logical processor {@code lp}. */
    OnTd onTd(Machine machine, TdxModule module, Guards guards, int lp);

    /** The rest of a leaf. */
    @FunctionalInterface
    interface OnTd {
        /** The code of the result. */
        long take(State state, int td);
    }

    @Override
    default Leaf body(Machine machine, TdxModule module, Guards guards, int lp) {
        TdrOperand operand = TdrOperand.bind(machine, this, module, guards, rcx(), "RCX");
        OnTd rest = onTd(machine, module, guards, lp);
        return (state, _) -> {
            long refused = operand.refuse(state, lp);
            return refused == PageOperand.FINE ? rest.take(state, operand.td(state)) : refused;
        };
    }
}
