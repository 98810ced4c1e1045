package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.Tdcs;
import org.ringfence.machine.tdx.td.Tdvps;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.VP.INIT, SEAMCALL leaf 22: version 0: makes a vCPU ready to run, and associates it with the logical CPU of the
 * call. Source: TDX module 1.5.01, tdh_vp_init.c.
 *
 * @param td the TD, from 0
 * @param vcpu from 0: RCX is its TDVPR
 */
public record TdhVpInit(int td, int vcpu) implements TdCall<TdhVpInit.Result> {

    /** How TDH.VP.INIT ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_OPERAND_BUSY_TDR,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCS_NOT_ALLOCATED,
        TDX_OPERAND_BUSY_OP_STATE,
        TDX_OP_STATE_INCORRECT,
        TDX_TDCX_NUM_INCORRECT,
        TDX_VCPU_STATE_INCORRECT,
        TDX_MAX_VCPUS_EXCEEDED
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public Bound bind(Tdx tdx, int caller) {
        requireModule(tdx);
        tdx.vps().require(caller, mnemonic());
        Tdvps vps = tdx.vps();
        Tdcs control = tdx.control();
        int opStates = tdx.admission().allowed(1 << 1);
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
            refused = tdx.admission().checkTd(state, opStates, Result.TDX_OPERAND_BUSY_OP_STATE);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (!vps.isWhole(state, vcpu, control)) {
                return Result.TDX_TDCX_NUM_INCORRECT;
            }
            if (vps.isReady(state, vcpu)) {
                return Result.TDX_VCPU_STATE_INCORRECT;
            }
            int index = control.vcpus().get(state);
            if (index >= control.maxVcpus().get(state)) {
                return Result.TDX_MAX_VCPUS_EXCEEDED;
            }
            control.vcpus().set(state, index + 1);
            vps.index().set(state, vcpu, index);
            vps.ready().set(state, vcpu, true);
            vps.associate(state, vcpu, caller);
            return Result.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.VP.INIT";
    }
}
