package org.ringfence.machine.tdx.module.mng;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.LifecycleState;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.MNG.KEY.CONFIG, SEAMCALL leaf 8: gives the caller's package a fresh key for a TD's KeyID; with the last package
 * the TD is TD_KEYS_CONFIGURED. That the TD is past this is looked at before the package is. Source: TDX module 1.5.01,
 * tdh_mng_key_config.c.
 *
 * @param rcx address of the TDR
 */
public record TdhMngKeyConfig(long rcx) implements SystemCall.Listed<TdhMngKeyConfig.Result> {

    /** How TDH.MNG.KEY.CONFIG ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_TD_FATAL,
        TDX_LIFECYCLE_STATE_INCORRECT,
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
        return SeamcallLeaf.TDH_MNG_KEY_CONFIG;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        TdrOperand operand = TdrOperand.bind(machine, module, guards, rcx);
        boolean checksFatal = guards.checks(TdxGuard.TD_IS_NOT_FATAL);
        boolean checksLifecycle = guards.checks(TdxGuard.MNG_KEY_CONFIG_IS_PENDING);
        boolean checksOnce = guards.checks(TdxGuard.MNG_KEY_CONFIG_IS_ONCE);
        int number = module.packageOf(lp);
        return (state, _) -> {
            Ending refused = operand.lock(
                    state, lp,
                    Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
                    Result.TDX_OPERAND_BUSY_RCX, Result.TDX_PAGE_METADATA_INCORRECT_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            int td = operand.td(state);
            Tdr tdr = module.tdr();
            if (checksFatal && tdr.fatal().get(state, td)) {
                return Result.TDX_TD_FATAL;
            }
            if (checksLifecycle && tdr.lifecycle().get(state, td) != LifecycleState.TD_HKID_ASSIGNED) {
                return Result.TDX_LIFECYCLE_STATE_INCORRECT;
            }
            if (checksOnce && tdr.keyed().has(state, td, number)) {
                return Result.TDX_KEY_CONFIGURED;
            }
            if (module.locks().isBusy(state, Kind.KET, number, Held.EXCLUSIVE)) {
                return Result.TDX_OPERAND_BUSY_KET;
            }
            if (!module.hasEntropy(state, lp)) {
                return Result.TDX_KEY_GENERATION_FAILED;
            }
            module.seam().newKey(state, tdr.keyId().get(state, td));
            tdr.keyed().add(state, td, number);
            if (tdr.keyed().get(state, td) == module.packages().get(state, 0)) {
                tdr.lifecycle().set(state, td, LifecycleState.TD_KEYS_CONFIGURED);
            }
            module.touchRoot(state, td);
            return Result.TDX_SUCCESS;
        };
    }
}
