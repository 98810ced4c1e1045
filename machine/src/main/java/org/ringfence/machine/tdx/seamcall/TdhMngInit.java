package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MNG.INIT, SEAMCALL leaf 21: makes the pages of a TDCS that of a TD with these parameters.
 * What they say of CPUID and of registers is left out. Source: TDX module 1.5.01, tdh_mng_init.c.
 *
 * @param td the TD, from 0
 * @param params TD_PARAMS
 */
public record TdhMngInit(int td, TdParams params) implements TdCall<TdhMngInit.Result> {

    /** How TDH.MNG.INIT ends. */
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
        TDX_OPERAND_INVALID_ATTRIBUTES,
        TDX_OPERAND_INVALID_XFAM,
        TDX_OPERAND_INVALID_MAX_VCPUS,
        TDX_OPERAND_INVALID_NUM_L2_VMS,
        TDX_OPERAND_INVALID_EXEC_CONTROLS,
        TDX_OPERAND_INVALID_EPTP_CONTROLS,
        TDX_OPERAND_INVALID_TSC_FREQUENCY,
        TDX_OPERAND_INVALID_RDX
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
        return 1;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public Work work(Tdx tdx, int lp) {
        Refusal before = params.refusedBeforeTdcs();
        Refusal after = params.refusedAfterTdcs(tdx.options());
        return (state, _) -> {
            if (before != Refusal.TDX_SUCCESS) {
                return before;
            }
            if (tdx.root().tdcx(state) < Tdr.LEAST_TDCX + params.numL2Vms()) {
                return Refusal.TDX_TDCS_NOT_ALLOCATED;
            }
            if (after != Refusal.TDX_SUCCESS) {
                return after;
            }
            tdx.control().initialize(state, params);
            return Refusal.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.MNG.INIT";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td);
    }
}
