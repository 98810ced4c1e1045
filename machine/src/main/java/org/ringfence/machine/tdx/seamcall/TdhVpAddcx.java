package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdvps;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.VP.ADDCX, SEAMCALL leaf 4: gives a vCPU one more page of TDVPS, before it is initialized. Source: TDX module 1.5.01, tdh_vp_addcx.c.
 *
 * @param td the TD, from 0
 * @param vcpu from 0: RDX is its TDVPR
 * @param frame RCX
 */
public record TdhVpAddcx(int td, int vcpu, Frame frame) implements VcpuCall<TdhVpAddcx.Result> {

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
        TDX_PAGE_METADATA_INCORRECT_RCX
    }

    @Override
    public String tdvprRegister() {
        return "RDX";
    }

    @Override
    public int opStates() {
        return 1 << 1 | 1 << 7;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public Work work(Tdx tdx, int lp) {
        int hpa = frame.index();
        Tdvps vps = tdx.vps();
        return (state, _) -> {
            if (vps.isReady(state, vcpu)) {
                return Refusal.TDX_VCPU_STATE_INCORRECT;
            }
            if (vps.pages().get(state, vcpu) >= Tdvps.MOST_PAGES) {
                return Refusal.TDX_TDCX_NUM_INCORRECT;
            }
            Refusal refused = tdx.admission().refuseFree(state, lp, hpa, 0, 1);
            if (refused != Refusal.TDX_SUCCESS) {
                return refused;
            }
            vps.pages().set(state, vcpu, vps.pages().get(state, vcpu) + 1);
            tdx.root().take(state, hpa, 0, PageType.PT_TDCX);
            return Refusal.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.ADDCX";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " vCPU " + vcpu + " " + frame;
    }
}
