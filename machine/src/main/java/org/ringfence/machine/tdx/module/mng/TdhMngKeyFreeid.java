package org.ringfence.machine.tdx.module.mng;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.KeyIdState;
import org.ringfence.machine.tdx.module.LifecycleState;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.MNG.KEY.FREEID, SEAMCALL leaf 20: frees the KeyID of a TD that runs no more, once the caches of every package
 * have been written back. Source: TDX module 1.5.01, tdh_mng_key_freeid.c.
 *
 * @param rcx address of the TDR
 */
public record TdhMngKeyFreeid(long rcx) implements SystemCall.Listed<TdhMngKeyFreeid.Result> {

    /** How TDH.MNG.KEY.FREEID ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_LIFECYCLE_STATE_INCORRECT,
        TDX_OPERAND_BUSY_KOT,
        TDX_WBCACHE_NOT_COMPLETE
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_MNG_KEY_FREEID;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        TdrOperand operand = TdrOperand.bind(machine, module, guards, rcx);
        boolean checksLifecycle = guards.checks(TdxGuard.FREEID_TD_IS_BLOCKED);
        boolean checksLock = guards.checks(TdxGuard.KOT_IS_NOT_LOCKED);
        boolean checksCaches = guards.checks(TdxGuard.FREEID_CACHES_ARE_WRITTEN_BACK);
        return (state, _) -> {
            Ending refused = operand.lock(
                    state, lp,
                    Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
                    Result.TDX_OPERAND_BUSY_RCX, Result.TDX_PAGE_METADATA_INCORRECT_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            int td = operand.td(state);
            if (checksLifecycle && module.tdr().lifecycle().get(state, td) != LifecycleState.TD_BLOCKED) {
                return Result.TDX_LIFECYCLE_STATE_INCORRECT;
            }
            if (checksLock && module.locks().isBusy(state, Kind.KOT, 0, Held.EXCLUSIVE)) {
                return Result.TDX_OPERAND_BUSY_KOT;
            }
            int keyId = module.keyId(state, td);
            if (checksCaches && module.keys().pending(state, keyId) != 0) {
                return Result.TDX_WBCACHE_NOT_COMPLETE;
            }
            module.keys().set(state, keyId, KeyIdState.HKID_FREE);
            module.tdr().lifecycle().set(state, td, LifecycleState.TD_TEARDOWN);
            module.touchRoot(state, td);
            return Result.TDX_SUCCESS;
        };
    }
}
