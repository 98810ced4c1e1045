package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.OpState;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MR.FINALIZE, SEAMCALL leaf 17: closes the measurement of the launch; from now on the TD runs. Source: TDX module
 * 1.5.01, tdh_mr_finalize.c.
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

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public Bound bind(Tdx tdx, int lp) {
        requireModule(tdx);
        int opStates = tdx.admission().allowed(1 << 1);
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
            if (tdx.control().vcpus().get(state) == 0) {
                return Result.TDX_NO_VCPUS;
            }
            tdx.control().op().set(state, OpState.RUNNABLE);
            return Result.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.MR.FINALIZE";
    }
}
