package org.ringfence.machine.tdx.module.phymem;

import java.util.List;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PamtPages;
import org.ringfence.machine.tdx.module.TdControl;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * RCX of the leaves about pairs of PAMT pages: 2M by its address, with level 1 in bits 2:0. Its entry is locked
 * exclusively, which nobody can who finds one of its 4K pages locked. Source: TDX module, commit 1666adc,
 * tdh_phymem_pamt_add.c, tdh_phymem_pamt_remove.c, pamt_manager.c (pamt_walk).
 *
 * @param frame a frame of the 2M; -1 where the machine has none
 */
record PamtRangeOperand(
        TdxModule module, boolean isWellFormed, int frame, boolean checksLock, List<TdControl> holders) {

    private static final long LEVEL = 0xFFF;

    static PamtRangeOperand bind(Machine machine, TdxModule module, Guards guards, long rcx) {
        long hpa = rcx & ~LEVEL;
        boolean isWellFormed = (rcx & LEVEL) == PageSize.PT_2MB.ordinal()
                && module.options().isPlain(hpa, PageSize.PT_2MB.bytes());
        boolean checksLock = guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED);
        return new PamtRangeOperand(
                module, isWellFormed, module.map().frame(hpa), checksLock,
                checksLock ? TdControl.of(machine) : List.of());
    }

    boolean isInRange(State state) {
        return frame >= 0 && module.pamt().covers(state, module.map().hpa(frame));
    }

    /** Locks its entry. */
    Ending lock(State state, int lp, Ending busy) {
        if (!module.pamt().reach(state, lp, module.map().hpa(frame))) {
            return NoReturn.MACHINE_CHECK;
        }
        PamtPages pages = module.pamt().dynamic();
        for (int part = pages.head(frame); checksLock && part < pages.end(frame); part++) {
            if (module.locks().isBusy(state, Kind.PAGE, part, Held.EXCLUSIVE)
                    || TdControl.holds(holders, state, part)) {
                return busy;
            }
        }
        return TdxStatus.TDX_SUCCESS;
    }
}
