package org.ringfence.machine.tdx.module.phymem;

import java.util.List;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.LifecycleState;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdControl;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.PHYMEM.PAGE.RECLAIM, SEAMCALL leaf 28: takes a page back from a TD whose KeyID is free again, the root page last.
 * RCX tells what it was, RDX whose, R8 its size. Source: TDX module 1.5.01, tdh_phymem_page_reclaim.c.
 *
 * @param rcx address of the page
 */
public record TdhPhymemPageReclaim(long rcx) implements SystemCall.Listed<TdhPhymemPageReclaim.Result> {

    /** How TDH.PHYMEM.PAGE.RECLAIM ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_OPERAND_BUSY_TDR,
        TDX_LIFECYCLE_STATE_INCORRECT,
        TDX_TD_ASSOCIATED_PAGES_EXIST
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_PHYMEM_PAGE_RECLAIM;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        AnyPageOperand page = AnyPageOperand.bind(machine, module, guards, rcx, Held.EXCLUSIVE);
        List<TdControl> controls = TdControl.of(machine);
        boolean checksLock = guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED);
        boolean checksLifecycle = guards.checks(TdxGuard.RECLAIM_TD_IS_TORN_DOWN);
        boolean checksChildren = guards.checks(TdxGuard.RECLAIM_TDR_IS_LAST);
        return (state, outputs) -> {
            Ending refused = page.lock(
                    state, lp, Result.TDX_OPERAND_INVALID_RCX,
                    Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX, Result.TDX_OPERAND_BUSY_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            PageType type = page.type(state);
            if (type == PageType.PT_NDA || type == PageType.PT_RSVD) {
                return Result.TDX_PAGE_METADATA_INCORRECT_RCX;
            }
            PageSize size = page.describe(state, outputs);
            if ((rcx & size.bytes() - 1) != 0) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            boolean isRoot = type == PageType.PT_TDR;
            int root = isRoot ? page.frame() : module.pamt().owner(state, page.frame(), size);
            if (!isRoot && checksLock && module.locks().isBusy(state, Kind.PAGE, root, Held.SHARED)) {
                return Result.TDX_OPERAND_BUSY_TDR;
            }
            if (!module.seam().readGlobal(state, lp, root)) {
                return NoReturn.MACHINE_CHECK;
            }
            int td = module.td(state, root);
            if (td != Tdr.NONE) {
                if (checksLifecycle && module.tdr().lifecycle().get(state, td) != LifecycleState.TD_TEARDOWN) {
                    return Result.TDX_LIFECYCLE_STATE_INCORRECT;
                }
                if (isRoot && checksChildren && module.tdr().children().get(state, td) != 0) {
                    return Result.TDX_TD_ASSOCIATED_PAGES_EXIST;
                }
            }
            if (td == Tdr.NONE) {
                module.pamt().free(state, page.frame(), size);
            } else if (isRoot) {
                module.forget(state, td);
                if (!controls.isEmpty()) {
                    controls.get(td).forget(state);
                }
                module.pamt().free(state, page.frame(), size);
            } else {
                module.removeChild(state, td, page.frame(), size);
            }
            outputs.r9(module.pamt().removalHint(state, page.frame(), size));
            return Result.TDX_SUCCESS;
        };
    }
}
