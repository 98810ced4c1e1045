package org.ringfence.machine.tdx.module.mng;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.phymem.PageOperand;

/**
 * An operand that names a TD by its root page: a {@link PageOperand} of type PT_TDR, whose contents the module then
 * reads under the global KeyID. Without a TD there a leaf has no meaning, so its type is no
 * {@link org.ringfence.machine.operation.Guard}.
 */
public record TdrOperand(PageOperand page) {

    /** Binds an operand whose lock the leaf holds exclusively, as all of this package do. */
    static TdrOperand bind(Machine machine, TdxModule module, Guards guards, long hpa) {
        return new TdrOperand(PageOperand.bind(
                machine, module, guards, hpa, PageType.PT_TDR, true, ModuleLocks.Held.EXCLUSIVE));
    }

    /** As {@link PageOperand#lock}. Source: TDX module 1.5.01, helpers.c (check_lock_and_map_explicit_tdr). */
    Ending lock(State state, int lp, Ending invalid, Ending range, Ending busy, Ending metadata) {
        Ending refused = page.lock(state, lp, invalid, range, busy, metadata);
        if (refused != TdxStatus.TDX_SUCCESS) {
            return refused;
        }
        if (td(state) == Tdr.NONE) {
            return metadata;
        }
        return page.module().seam().readGlobal(state, lp, page.frame())
                ? TdxStatus.TDX_SUCCESS
                : NoReturn.MACHINE_CHECK;
    }

    /** The number of the TD. */
    int td(State state) {
        return page.module().td(state, page.frame());
    }
}
