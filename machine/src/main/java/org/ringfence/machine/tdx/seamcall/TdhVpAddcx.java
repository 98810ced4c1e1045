package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.Tdvps;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.VP.ADDCX, SEAMCALL leaf 4: gives a vCPU one more page of TDVPS, before it is initialized. Source: TDX module
 * 1.5.01, tdh_vp_addcx.c.
 *
 * @param td the TD, from 0
 * @param vcpu from 0: RDX is its TDVPR
 * @param frame RCX
 */
public record TdhVpAddcx(int td, int vcpu, Frame frame) implements TdCall<TdhVpAddcx.Result> {

    /** How TDH.VP.ADDCX ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_BUSY_RDX,
        TDX_PAGE_METADATA_INCORRECT_RDX,
        TDX_OPERAND_BUSY_TDR,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCS_NOT_ALLOCATED,
        TDX_OPERAND_BUSY_OP_STATE,
        TDX_OP_STATE_INCORRECT,
        TDX_VCPU_STATE_INCORRECT,
        TDX_TDCX_NUM_INCORRECT,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_MISSING_PAMT_PAGE_PAIR_RCX
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public Bound bind(Tdx tdx, int lp) {
        requireModule(tdx);
        Tdvps vps = tdx.vps();
        FreePage rcx = FreePage.ofVcpu(
                tdx, lp,
                Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
                Result.TDX_OPERAND_BUSY_RCX, Result.TDX_PAGE_METADATA_INCORRECT_RCX,
                Result.TDX_MISSING_PAMT_PAGE_PAIR_RCX);
        int opStates = tdx.admission().allowed(1 << 1 | 1 << 7);
        return (state, _) -> {
            Ending refused = tdx.admission().lockTdvpr(
                    state, lp, vcpu, Held.EXCLUSIVE, Result.TDX_OPERAND_INVALID_RDX, Result.TDX_OPERAND_BUSY_RDX,
                    Result.TDX_PAGE_METADATA_INCORRECT_RDX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().lockOwner(state, lp, Result.TDX_OPERAND_BUSY_TDR);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().checkTd(state, opStates, Result.TDX_OPERAND_BUSY_OP_STATE);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (vps.isReady(state, vcpu)) {
                return Result.TDX_VCPU_STATE_INCORRECT;
            }
            if (vps.pages().get(state, vcpu) >= Tdvps.MOST_PAGES) {
                return Result.TDX_TDCX_NUM_INCORRECT;
            }
            if (tdx.admission().checksLocks() && frame.index() == vps.tdvpr(state, vcpu)) {
                return Result.TDX_OPERAND_BUSY_RCX;
            }
            refused = rcx.lock(state, frame.index(), 0, 1);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            vps.pages().set(state, vcpu, vps.pages().get(state, vcpu) + 1);
            tdx.root().take(state, frame.index(), 0, PageType.PT_TDCX);
            return Result.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.ADDCX";
    }
}
