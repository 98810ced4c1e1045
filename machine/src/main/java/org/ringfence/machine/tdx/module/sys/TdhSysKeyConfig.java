package org.ringfence.machine.tdx.module.sys;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.ModuleFeature;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * TDH.SYS.KEY.CONFIG, SEAMCALL leaf 31: gives the caller's package the key of the module's global KeyID. With the last
 * package the module is ready; so a package on which nobody calls keeps it from ever being so, and a call after the
 * last package finds nothing pending, while one on a package that is done before it informs only.
 *
 * <p>PCONFIG may find its engine busy or no entropy; the call can then be made again. With
 * {@link ModuleFeature#LONG_KEY_CONFIG} a call holds the module's lock from a first step to a second, and another call
 * meanwhile ends with TDX_SYS_BUSY.
 *
 * <p>Source: TDX module 1.5.01, tdh_sys_key_config.c, helpers.c (program_mktme_keys).
 */
public record TdhSysKeyConfig() implements SystemCall.Listed<TdhSysKeyConfig.Result> {

    /** How TDH.SYS.KEY.CONFIG ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_BUSY,
        TDX_SYS_KEY_CONFIG_NOT_PENDING,
        TDX_KEY_CONFIGURED,
        TDX_OPERAND_BUSY_KET,
        TDX_KEY_GENERATION_FAILED
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_KEY_CONFIG;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        boolean checksLock = guards.checks(TdxGuard.SYSTEM_IS_NOT_LOCKED);
        boolean isLong = module.options().has(ModuleFeature.LONG_KEY_CONFIG);
        boolean checksState = guards.checks(TdxGuard.SYS_KEY_CONFIG_IS_PENDING);
        boolean checksOnce = guards.checks(TdxGuard.SYS_KEY_CONFIG_IS_ONCE);
        return (state, outputs) -> {
            boolean holds = isLong && module.inKeyConfig().get(state, lp) != 0;
            if (!holds && checksLock && module.locks().isBusy(state, Kind.SYS, 0, Held.EXCLUSIVE)) {
                return Result.TDX_SYS_BUSY;
            }
            if (isLong && !holds) {
                module.locks().set(state, Kind.SYS, 0, Held.EXCLUSIVE);
                module.inKeyConfig().set(state, lp, 1);
                return NoReturn.UNDER_WAY;
            }
            if (holds) {
                module.locks().set(state, Kind.SYS, 0, Held.FREE);
                module.inKeyConfig().set(state, lp, 0);
            }
            return configure(module, state, lp, checksState, checksOnce);
        };
    }

    private static Result configure(
            TdxModule module, State state, int lp, boolean checksState, boolean checksOnce) {
        if (checksState && module.system().get(state) != SystemState.SYSCONFIG_DONE) {
            return Result.TDX_SYS_KEY_CONFIG_NOT_PENDING;
        }
        int number = module.packageOf(lp);
        if (checksOnce && module.packages().has(state, 0, number)) {
            return Result.TDX_KEY_CONFIGURED;
        }
        if (module.locks().isBusy(state, Kind.KET, number, Held.EXCLUSIVE)) {
            return Result.TDX_OPERAND_BUSY_KET;
        }
        if (!module.hasEntropy(state, lp)) {
            return Result.TDX_KEY_GENERATION_FAILED;
        }
        module.seam().newKey(state, module.seam().hkid().get(state));
        module.packages().add(state, 0, number);
        if (module.options().has(ModuleFeature.KEY_CONFIG_WRITES_PAMT)) {
            module.pamt().writeEarly(state, number, number);
        }
        if (module.packages().get(state, 0) == module.allPackages()) {
            module.system().set(state, SystemState.SYS_READY);
        }
        return Result.TDX_SUCCESS;
    }
}
