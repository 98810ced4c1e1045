package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.td.FreePage;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.VP.CREATE, SEAMCALL leaf 10: gives a new vCPU its root page, TDVPR. Waits where the vCPU of that number has one:
 * the machine has no room for another. Source: TDX module 1.5.01, tdh_vp_create.c.
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
        FreePage rcx = FreePage.ofVcpu(
                tdx, lp,
                Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
                Result.TDX_OPERAND_BUSY_RCX, Result.TDX_PAGE_METADATA_INCORRECT_RCX,
                Result.TDX_MISSING_PAMT_PAGE_PAIR_RCX);
        int opStates = tdx.admission().allowed(1 << 1 | 1 << 7);
        return (state, _) -> {
            Ending refused = tdx.admission().lockTdr(
                    state, lp, Held.SHARED, Result.TDX_OPERAND_INVALID_RDX, Result.TDX_OPERAND_BUSY_RDX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().checkTd(state, opStates, Result.TDX_OPERAND_BUSY_OP_STATE);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = rcx.lock(state, frame.index(), 0, 1);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (tdx.vps().pages().get(state, vcpu) != 0) {
                return NoReturn.WAITS;
            }
            tdx.vps().tdvpr().set(state, vcpu, frame.index());
            tdx.vps().pages().set(state, vcpu, 1);
            tdx.root().take(state, frame.index(), 0, PageType.PT_TDVPR);
            return Result.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.CREATE";
    }
}
