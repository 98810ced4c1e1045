package org.ringfence.machine.tdx.module.phymem;

import java.util.List;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
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
 * TDH.PHYMEM.PAGE.RECLAIM, SEAMCALL leaf 28: takes a page back from a TD whose KeyID is free again, the root page last. RCX tells what it was, RDX whose, R8 its size. Source: TDX module 1.5.01,
 * tdh_phymem_page_reclaim.c.
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

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_PHYMEM_PAGE_RECLAIM;
    }

    @Override
    public Leaf body(Machine machine, TdxModule module, Guards guards, int lp) {
        AnyPageOperand page = AnyPageOperand.bind(this, machine, module, guards, rcx, Held.EXCLUSIVE);
        List<TdControl> controls = TdControl.of(machine);
        boolean checksLock = guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED);
        boolean checksLifecycle = guards.checks(TdxGuard.RECLAIM_TD_IS_TORN_DOWN);
        boolean checksChildren = guards.checks(TdxGuard.RECLAIM_TDR_IS_LAST);
        return (state, outputs) -> {
            long refused = page.refuse(state, lp);
            if (refused != PageOperand.FINE) {
                return refused;
            }
            PageType type = page.type(state);
            if (type == PageType.PT_NDA || type == PageType.PT_RSVD) {
                return Result.TDX_PAGE_METADATA_INCORRECT_RCX.ordinal();
            }
            PageSize size = page.describe(state, outputs);
            if ((rcx & size.bytes() - 1) != 0) {
                return Result.TDX_OPERAND_INVALID_RCX.ordinal();
            }
            boolean isRoot = type == PageType.PT_TDR;
            int root = isRoot ? page.frame() : module.pamt().owner(state, page.frame(), size);
            if (!isRoot && checksLock && module.locks().isBusy(state, Kind.PAGE, root, Held.SHARED)) {
                return Result.TDX_OPERAND_BUSY_TDR.ordinal();
            }
            if (!module.seam().readGlobal(state, lp, root)) {
                return Outcome.EXITS;
            }
            int td = module.td(state, root);
            if (td != Tdr.NONE) {
                if (checksLifecycle && module.tdr().lifecycle().get(state, td) != LifecycleState.TD_TEARDOWN) {
                    return Result.TDX_LIFECYCLE_STATE_INCORRECT.ordinal();
                }
                if (isRoot && checksChildren && module.tdr().children().get(state, td) != 0) {
                    return Result.TDX_TD_ASSOCIATED_PAGES_EXIST.ordinal();
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
            return Result.TDX_SUCCESS.ordinal();
        };
    }

    @Override
    public String toString() {
        return "%s page 0x%X".formatted(mnemonic(), rcx);
    }
}
