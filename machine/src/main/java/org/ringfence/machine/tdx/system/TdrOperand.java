package org.ringfence.machine.tdx.system;

import java.util.List;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;

/**
 * An operand that names a TD by its root page: a {@link PageOperand} of type PT_TDR, whose contents the module then reads under the global KeyID. Without a TD
 * there a leaf has no meaning, so its type is no {@link org.ringfence.machine.operation.Guard}.
 */
record TdrOperand(PageOperand page, List<TdControl> controls) {

    /** Binds an operand whose lock the leaf holds exclusively, as all of this package do: so not while a vCPU is inside. */
    static TdrOperand bind(
            Machine machine, SystemCall<?> call, TdxModule module, Guards guards, long hpa, String register) {
        PageOperand page = PageOperand.bind(
                call, module, guards, hpa, register, PageType.PT_TDR, true, ModuleLocks.Held.EXCLUSIVE);
        return new TdrOperand(
                page,
                guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED) ? TdControl.of(machine) : List.of());
    }

    /** As {@link PageOperand#refuse}. */
    long refuse(State state, int lp) {
        long refused = page.refuse(state, lp);
        if (refused != PageOperand.FINE) {
            return refused;
        }
        int td = td(state);
        if (td == Tdr.NONE) {
            return page.metadata();
        }
        if (!controls.isEmpty() && controls.get(td).isAnyInside(state)) {
            return page.busy();
        }
        return page.module().seam().readGlobal(state, lp, page.frame()) ? PageOperand.FINE : Outcome.EXITS;
    }

    /** The number of the TD. */
    int td(State state) {
        return page.module().td(state, page.frame());
    }
}
