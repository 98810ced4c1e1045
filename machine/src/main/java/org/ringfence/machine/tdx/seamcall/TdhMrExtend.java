package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.Tdcs;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MR.EXTEND, SEAMCALL leaf 16: measures 256 bytes of a page that was added, with their address. Source: TDX module
 * 1.5.01, tdh_mr_extend.c.
 *
 * @param td the TD, from 0
 * @param gpa RCX, aligned to 256 bytes
 */
public record TdhMrExtend(int td, long gpa) implements TdCall<TdhMrExtend.Result> {

    /** How TDH.MR.EXTEND ends. */
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
        TDX_OP_STATE_INCORRECT,
        TDX_OPERAND_INVALID_RCX,
        TDX_EPT_ENTRY_NOT_PRESENT_RCX
    }

    /** How many bytes are measured at once. */
    public static final int BYTES = 256;

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public Bound bind(Tdx tdx, int lp) {
        requireModule(tdx);
        Sept sept = tdx.sept();
        boolean isInvalid = (gpa & BYTES - 1) != 0 || !tdx.options().width().isPrivate(gpa);
        int page = isInvalid ? 0 : sept.page(gpa & -Geometry.SMALL);
        int opStates = tdx.admission().allowed(1 << 1);
        return (state, outputs) -> {
            Ending refused = tdx.admission().lockTdr(
                    state, lp, Held.EXCLUSIVE, Result.TDX_OPERAND_INVALID_RDX, Result.TDX_OPERAND_BUSY_RDX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().checkTd(state, opStates);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (isInvalid) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            int level = sept.reached(state, page, 0);
            SeptState found = sept.state(state, page, level);
            if (!found.isAccessible()) {
                outputs.rcx(sept.word(state, page, level).architectural());
                outputs.rdx(level | (long) found.architectural() << 8);
                return Result.TDX_EPT_ENTRY_NOT_PRESENT_RCX;
            }
            int contents = tdx.memory().read(state, sept.frame(state, page, level), tdx.keyId(state));
            if (tdx.access().isPoison(contents)) {
                tdx.root().consume(state, lp);
                return tdx.root().comesBack(state, lp) ? Result.TDX_SUCCESS : NoReturn.MACHINE_CHECK;
            }
            tdx.control().measure(state, Tdcs.Measured.MR_EXTEND, gpa, contents);
            return Result.TDX_SUCCESS;
        };
    }

    @Override
    public String mnemonic() {
        return "TDH.MR.EXTEND";
    }
}
