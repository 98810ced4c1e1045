package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.Tdr;
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

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public Bound bind(Tdx tdx, int lp) {
        requireModule(tdx);
        params.require(tdx.options());
        int opStates = tdx.admission().allowed(1);
        return (state, _) -> {
            Ending refused = tdx.admission().lockTdr(
                    state, lp, Held.EXCLUSIVE, Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_BUSY_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().checkTd(state, opStates);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (params.equals(TdParams.ELSEWHERE)) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
            if (params.hasUnknownAttributes()) {
                return Result.TDX_OPERAND_INVALID_ATTRIBUTES;
            }
            if (params.lacksLegacyXfam()) {
                return Result.TDX_OPERAND_INVALID_XFAM;
            }
            if (params.maxVcpus() == 0) {
                return Result.TDX_OPERAND_INVALID_MAX_VCPUS;
            }
            if (params.hasTooManyL2Vms()) {
                return Result.TDX_OPERAND_INVALID_NUM_L2_VMS;
            }
            if (tdx.root().tdcx(state) < Tdr.LEAST_TDCX + params.numL2Vms()) {
                return Result.TDX_TDCS_NOT_ALLOCATED;
            }
            if (!params.reserved()) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
            if (params.hasUnknownFlags()) {
                return Result.TDX_OPERAND_INVALID_EXEC_CONTROLS;
            }
            if (params.hasWrongEptp()) {
                return Result.TDX_OPERAND_INVALID_EPTP_CONTROLS;
            }
            if (params.hasWrongFrequency()) {
                return Result.TDX_OPERAND_INVALID_TSC_FREQUENCY;
            }
            tdx.control().initialize(state, params);
            return Result.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.MNG.INIT";
    }
}
