package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.Tdvps;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.VP.FLUSH, SEAMCALL leaf 18: ends a vCPU's association with the logical CPU of the call, and flushes the TD's
 * translations there. A fatal TD does not keep it from that. Source: TDX module 1.5.01, tdh_vp_flush.c.
 *
 * @param td the TD, from 0
 * @param vcpu from 0: RCX is its TDVPR
 */
public record TdhVpFlush(int td, int vcpu) implements TdCall<TdhVpFlush.Result> {

    /** How TDH.VP.FLUSH ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_OPERAND_BUSY_TDR,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCX_NUM_INCORRECT,
        TDX_VCPU_NOT_ASSOCIATED
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public Bound bind(Tdx tdx, int caller) {
        if (!tdx.vps().associated()) {
            throw new IllegalStateException(
                    this + ": the machine keeps no association; it does with tdx: {association: true}");
        }
        Tdvps vps = tdx.vps();
        vps.require(caller, mnemonic());
        return (state, _) -> {
            Ending refused = tdx.admission().lockTdvpr(
                    state, caller, vcpu, Held.EXCLUSIVE, Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_BUSY_RCX,
                    Result.TDX_PAGE_METADATA_INCORRECT_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().lockOwner(state, caller, Result.TDX_OPERAND_BUSY_TDR);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (!tdx.root().hasKey(state)) {
                return Result.TDX_TD_KEYS_NOT_CONFIGURED;
            }
            if (!vps.isWhole(state, vcpu, tdx.control())) {
                return Result.TDX_TDCX_NUM_INCORRECT;
            }
            if (vps.cpu(state, vcpu) != caller) {
                return Result.TDX_VCPU_NOT_ASSOCIATED;
            }
            tdx.translations().flush(state, caller);
            vps.lp().set(state, vcpu, 0);
            return Result.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.FLUSH";
    }
}
