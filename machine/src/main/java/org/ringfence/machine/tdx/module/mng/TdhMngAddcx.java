package org.ringfence.machine.tdx.module.mng;

import java.util.List;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.LifecycleState;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdControl;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.phymem.PageOperand;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.MNG.ADDCX, SEAMCALL leaf 1: gives a TD the next page of its control structure (TDCS). The sixth makes the
 * structure complete, and needs entropy; up to three more, for L2 VMs, it takes until TDH.MNG.INIT. Its contents are
 * overwritten under the TD's key before that is known. Source: TDX module 1.5.01, tdh_mng_add_cx.c.
 *
 * @param rcx address of the page
 * @param rdx address of the TDR
 */
public record TdhMngAddcx(long rcx, long rdx) implements SystemCall.Listed<TdhMngAddcx.Result> {

    /** How TDH.MNG.ADDCX ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RDX,
        TDX_OPERAND_BUSY_RDX,
        TDX_PAGE_METADATA_INCORRECT_RDX,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCX_NUM_INCORRECT,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_MISSING_PAMT_PAGE_PAIR_RCX,
        TDX_RND_NO_ENTROPY,
        TDX_OP_STATE_INCORRECT
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_MNG_ADDCX;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        TdrOperand operand = TdrOperand.bind(machine, module, guards, rdx);
        PageOperand page = PageOperand.bind(machine, module, guards, rcx, PageType.PT_NDA,
                guards.checks(TdxGuard.MNG_ADDCX_PAGE_IS_FREE),
                Held.EXCLUSIVE);
        boolean checksLock = guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED);
        boolean checksFatal = guards.checks(TdxGuard.TD_IS_NOT_FATAL);
        boolean checksKeys = guards.checks(TdxGuard.MNG_ADDCX_KEYS_ARE_CONFIGURED);
        boolean checksOpState = guards.checks(TdxGuard.MNG_ADDCX_TD_IS_UNINITIALIZED);
        List<TdControl> controls = TdControl.of(machine);
        return (state, outputs) -> {
            Ending refused = operand.lock(
                    state, lp,
                    Result.TDX_OPERAND_INVALID_RDX, Result.TDX_OPERAND_ADDR_RANGE_ERROR_RDX,
                    Result.TDX_OPERAND_BUSY_RDX, Result.TDX_PAGE_METADATA_INCORRECT_RDX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            int td = operand.td(state);
            Tdr tdr = module.tdr();
            if (checksFatal && tdr.fatal().get(state, td)) {
                return Result.TDX_TD_FATAL;
            }
            if (checksKeys && tdr.lifecycle().get(state, td) != LifecycleState.TD_KEYS_CONFIGURED) {
                return Result.TDX_TD_KEYS_NOT_CONFIGURED;
            }
            int pages = tdr.tdcx().get(state, td);
            if (pages == Tdr.MOST_TDCX) {
                return Result.TDX_TDCX_NUM_INCORRECT;
            }
            if (checksLock && page.frame() == operand.page().frame()) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            refused = page.lock(
                    state, lp,
                    Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
                    Result.TDX_OPERAND_BUSY_RCX, Result.TDX_PAGE_METADATA_INCORRECT_RCX,
                    Result.TDX_MISSING_PAMT_PAGE_PAIR_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            module.seam().write(state, page.frame(), module.keyId(state, td));
            if (pages + 1 == Tdr.LEAST_TDCX && !module.hasEntropy(state, lp)) {
                return Result.TDX_RND_NO_ENTROPY;
            }
            if (pages + 1 > Tdr.LEAST_TDCX
                    && checksOpState
                    && !controls.isEmpty()
                    && controls.get(td).opState(state) != 0) {
                return Result.TDX_OP_STATE_INCORRECT;
            }
            module.seam().touch(state, page.frame(), module.keyId(state, td));
            tdr.tdcx().set(state, td, pages + 1);
            module.adopt(state, td, page.frame(), PageSize.PT_4KB, PageType.PT_TDCX);
            return Result.TDX_SUCCESS;
        };
    }
}
