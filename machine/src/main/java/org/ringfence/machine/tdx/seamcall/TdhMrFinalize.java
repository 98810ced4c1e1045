package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.OpState;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MR.FINALIZE, SEAMCALL leaf 17: closes the measurement of the launch; from now on the TD runs. Source: TDX module 1.5.01, tdh_mr_finalize.c.
 *
 * @param td the TD, from 0
 */
public record TdhMrFinalize(int td) implements TdCall<TdhMrFinalize.Result> {

    /** How TDH.MR.FINALIZE ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCS_NOT_ALLOCATED,
        TDX_OP_STATE_INCORRECT,
        TDX_NO_VCPUS
    }

    @Override
    public String tdrRegister() {
        return "RCX";
    }

    @Override
    public Held tdr() {
        return Held.EXCLUSIVE;
    }

    @Override
    public int opStates() {
        return 1 << 1;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public Work work(Tdx tdx, int lp) {
        return (state, _) -> {
            if (tdx.control().vcpus().get(state) == 0) {
                return Refusal.TDX_NO_VCPUS;
            }
            tdx.control().op().set(state, OpState.RUNNABLE);
            return Refusal.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.MR.FINALIZE";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td);
    }
}
