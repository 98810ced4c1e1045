package org.ringfence.machine.tdx.module.sys;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.Seamcalls;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * TDH.SYS.INFO, SEAMCALL leaf 32: writes what the module is into TDSYSINFO_STRUCT, and convertible memory into
 * CMR_INFO. RDX and R9 tell how many bytes and entries that are. The typed form writes no memory; {@link Seamcalls}
 * does. Source: TDX module 1.5.01, tdh_sys_info.c.
 *
 * @param rcx address of TDSYSINFO_STRUCT, 1 KB aligned and shared
 * @param rdx bytes there
 * @param r8 address of CMR_INFO, 512-byte aligned and shared
 * @param r9 entries there
 */
public record TdhSysInfo(long rcx, long rdx, long r8, long r9) implements SystemCall.Listed<TdhSysInfo.Result> {

    /** How TDH.SYS.INFO ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_LP_INIT_NOT_DONE,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_INVALID_R8,
        TDX_OPERAND_INVALID_R9
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_INFO;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        boolean checksLp = guards.checks(TdxGuard.SYS_RD_LP_IS_INITIALIZED);
        boolean checks = guards.checks(TdxGuard.SYS_INFO_BUFFERS_ARE_SHARED);
        boolean badInfo = checks && !module.options().isShared(rcx, STRUCT);
        boolean badCmrs = checks && !module.options().isShared(r8, CMR_BYTES);
        return (state, outputs) -> {
            if (checksLp && !module.initialized().get(state, lp)) {
                return Result.TDX_SYS_LP_INIT_NOT_DONE;
            }
            if (badInfo) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (checks && Long.compareUnsigned(rdx, STRUCT) < 0) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
            if (badCmrs) {
                return Result.TDX_OPERAND_INVALID_R8;
            }
            if (checks && Long.compareUnsigned(r9, ModuleOptions.MAX_CMRS) < 0) {
                return Result.TDX_OPERAND_INVALID_R9;
            }
            outputs.rdx(STRUCT);
            outputs.r9(ModuleOptions.MAX_CMRS);
            return Result.TDX_SUCCESS;
        };
    }

    /** Bytes of TDSYSINFO_STRUCT. */
    public static final int STRUCT = 1024;

    /** Bytes of CMR_INFO. */
    static final int CMR_BYTES = 16 * ModuleOptions.MAX_CMRS;
}
