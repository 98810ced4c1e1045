package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdvps;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.VP.FLUSH, SEAMCALL leaf 18: ends a vCPU's association with the logical CPU of the call, and flushes the TD's translations there. A fatal TD does not
 * keep it from that. Source: TDX module 1.5.01, tdh_vp_flush.c.
 *
 * @param td the TD, from 0
 * @param vcpu from 0: RCX is its TDVPR
 * @param lp the logical CPU on which the host calls
 */
public record TdhVpFlush(int td, int vcpu, int lp) implements VcpuCall<TdhVpFlush.Result> {

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

    @Override
    public void require(Tdx tdx) {
        if (!tdx.vps().associated()) {
            throw new IllegalStateException(
                    this + ": the machine keeps no association; it lacks the feature ASSOCIATION");
        }
    }

    /** Every OP_STATE. */
    @Override
    public int opStates() {
        return -1;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public Refusal refuse(Tdx tdx, State state, int caller, int allowed) {
        Refusal refused = tdx.admission().refusesTdvpr(state, caller, vcpu, Held.EXCLUSIVE);
        return refused == Refusal.TDX_SUCCESS && !tdx.root().hasKey(state)
                ? Refusal.TDX_TD_KEYS_NOT_CONFIGURED
                : refused;
    }

    @Override
    public Work work(Tdx tdx, int caller) {
        Tdvps vps = tdx.vps();
        return (state, _) -> {
            if (!vps.isWhole(state, vcpu, tdx.control())) {
                return Refusal.TDX_TDCX_NUM_INCORRECT;
            }
            if (vps.cpu(state, vcpu) != lp) {
                return Refusal.TDX_VCPU_NOT_ASSOCIATED;
            }
            tdx.translations().flush(state, lp);
            vps.lp().set(state, vcpu, 0);
            return Refusal.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.FLUSH";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " vCPU " + vcpu + " on CPU " + lp;
    }
}
