package org.ringfence.machine.tdx.module.sys;

import java.util.Optional;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * TDH.SYS.RD, SEAMCALL leaf 34: reads a field of the module's metadata into R8; RDX is the next field's id, and all
 * ones where there is none. A field id of all ones asks for the first. Source: TDX module 1.5.01, tdh_sys_rd.c.
 *
 * @param rdx MD_FIELD_ID; {@link SysField} has those that are there
 */
public record TdhSysRd(long rdx) implements SystemCall.Listed<TdhSysRd.Result> {

    /** How TDH.SYS.RD ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_LP_INIT_NOT_DONE,
        TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT,
        TDX_METADATA_FIELD_ID_INCORRECT
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_RD;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        boolean checksLp = guards.checks(TdxGuard.SYS_RD_LP_IS_INITIALIZED);
        Optional<SysField> field = SysField.of(rdx).filter(any -> any.isOf(module.options()));
        return (state, outputs) -> {
            outputs.rdx(-1);
            if (checksLp && !module.initialized().get(state, lp)) {
                return Result.TDX_SYS_LP_INIT_NOT_DONE;
            }
            if (rdx == -1) {
                outputs.rdx(SysField.values()[0].id());
                return Result.TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT;
            }
            if (field.isEmpty()) {
                return Result.TDX_METADATA_FIELD_ID_INCORRECT;
            }
            outputs.rdx(field.get().next(module.options()));
            outputs.r8(field.get().value(module.options()));
            return Result.TDX_SUCCESS;
        };
    }
}
