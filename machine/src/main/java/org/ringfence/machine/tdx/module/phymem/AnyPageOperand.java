package org.ringfence.machine.tdx.module.phymem;

import java.util.List;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdControl;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * An operand that names a page of any type and size, by the address of a 4K page in it. Source: TDX module 1.5.01,
 * tdh_phymem_page_reclaim.c, tdh_phymem_page_rdmd.c.
 */
public record AnyPageOperand(
        TdxModule module,
        long hpa,
        boolean isPlain,
        int frame,
        ModuleLocks.Held lock,
        List<TdControl> holders) {

    static AnyPageOperand bind(
            Machine machine, TdxModule module, Guards guards, long rcx, ModuleLocks.Held lock) {
        boolean checksLock = guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED);
        long hpa = module.options().withoutKeyId(rcx) & -PageSize.PT_4KB.bytes();
        boolean plain = module.options().isPlain(rcx, PageSize.PT_4KB.bytes())
                || !guards.checks(TdxGuard.PAGE_OPERAND_IS_WELL_FORMED);
        return new AnyPageOperand(
                module,
                hpa,
                plain,
                module.map().frame(hpa),
                checksLock ? lock : ModuleLocks.Held.FREE,
                checksLock && lock == ModuleLocks.Held.EXCLUSIVE ? TdControl.of(machine) : List.of());
    }

    /** As {@link PageOperand#lock}. */
    Ending lock(State state, int lp, Ending invalid, Ending range, Ending busy) {
        if (!isPlain) {
            return invalid;
        }
        if (!module.pamt().covers(state, hpa) || frame < 0 && !isReserved(state)) {
            return range;
        }
        if (!module.pamt().reach(state, lp, hpa)) {
            return NoReturn.MACHINE_CHECK;
        }
        boolean isBusy = module.locks().isBusy(state, ModuleLocks.Kind.PAGE, frame, lock)
                || TdControl.holds(holders, state, frame);
        return isBusy ? busy : TdxStatus.TDX_SUCCESS;
    }

    /** Whether it lies in a reserved area: the module tells that of a page that is no frame of the machine's too. */
    private boolean isReserved(State state) {
        return module.tdmrs().isReserved(state, hpa, PageSize.PT_4KB.bytes());
    }

    /** What the page is. */
    PageType type(State state) {
        return frame < 0
                ? PageType.PT_RSVD
                : module.pamt().type(state, frame, module.pamt().size(state, frame));
    }

    /** Tells type, owner and size in RCX, RDX and R8. */
    PageSize describe(State state, Outputs outputs) {
        if (frame < 0) {
            outputs.rcx(PageType.PT_RSVD.number());
            return PageSize.PT_4KB;
        }
        PageSize size = module.pamt().size(state, frame);
        int owner = module.pamt().owner(state, frame, size);
        outputs.rcx(module.pamt().type(state, frame, size).number());
        outputs.rdx(owner == FrameRef.NONE ? 0 : module.map().hpa(owner));
        outputs.r8(size.ordinal());
        return size;
    }
}
