package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.VP.CREATE, SEAMCALL leaf 10: gives a new vCPU its root page, TDVPR. Waits where the vCPU of that number has one: the machine has no room for another. Source: TDX
 * module 1.5.01, tdh_vp_create.c.
 *
 * @param td the TD, from 0
 * @param vcpu from 0: the one whose TDVPR the frame becomes
 * @param frame RCX
 */
public record TdhVpCreate(int td, int vcpu, Frame frame) implements TdCall<TdhVpCreate.Result> {

    /** How TDH.VP.CREATE ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_BUSY_RDX,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCS_NOT_ALLOCATED,
        TDX_OPERAND_BUSY_OP_STATE,
        TDX_OP_STATE_INCORRECT,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX
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
        return (state, _) -> {
            Refusal refused = tdx.admission().refuseFree(state, lp, hpa, 0, 1);
            if (refused != Refusal.TDX_SUCCESS) {
                return refused;
            }
            if (tdx.vps().pages().get(state, vcpu) != 0) {
                return Refusal.NO_ROOM;
            }
            tdx.vps().tdvpr().set(state, vcpu, hpa);
            tdx.vps().pages().set(state, vcpu, 1);
            tdx.root().take(state, hpa, 0, PageType.PT_TDVPR);
            return Refusal.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.CREATE";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " vCPU " + vcpu + " " + frame;
    }
}
