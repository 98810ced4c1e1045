package org.ringfence.machine.tdx.module.mng;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.ModuleLocks;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.phymem.PageOperand;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * An operand that names a TD by its root page: a {@link PageOperand} of type PT_TDR, whose contents the module then reads under the global KeyID. Without a TD
 * there a leaf has no meaning, so its type is no {@link org.ringfence.machine.operation.Guard}.
 */
public record TdrOperand(PageOperand page) {

    /** Binds an operand whose lock the leaf holds exclusively, as all of this package do. */
    static TdrOperand bind(
            Machine machine, SystemCall<?> call, TdxModule module, Guards guards, long hpa, String register) {
        return new TdrOperand(PageOperand.bind(
                call, machine, module, guards, hpa, register, PageType.PT_TDR, true, ModuleLocks.Held.EXCLUSIVE));
    }

    /** As {@link PageOperand#refuse}. */
    long refuse(State state, int lp) {
        long refused = page.refuse(state, lp);
        if (refused != PageOperand.FINE) {
            return refused;
        }
        if (td(state) == Tdr.NONE) {
            return page.metadata();
        }
        return page.module().seam().readGlobal(state, lp, page.frame()) ? PageOperand.FINE : Outcome.EXITS;
    }

    /** The number of the TD. */
    int td(State state) {
        return page.module().td(state, page.frame());
    }
}
