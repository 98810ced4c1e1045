package org.ringfence.machine.tdx.module.phymem;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.KeyOwnership;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.PHYMEM.CACHE.WB, SEAMCALL leaf 40: writes back the cache of the caller's package, part by part. A host interrupt
 * between two parts ends it; it is then resumed. What it frees are the KeyIDs that had no vCPU left when it began.
 * Source: TDX module 1.5.01, tdh_phymem_cache_wb.c.
 *
 * @param rcx 0 to begin, 1 to resume
 */
public record TdhPhymemCacheWb(long rcx) implements SystemCall.Listed<TdhPhymemCacheWb.Result> {

    /** How TDH.PHYMEM.CACHE.WB ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_WBCACHE,
        TDX_OPERAND_BUSY_KOT,
        TDX_NO_HKID_READY_TO_WBCACHE,
        TDX_WBCACHE_RESUME_ERROR,
        TDX_INTERRUPTED_RESUMABLE
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_PHYMEM_CACHE_WB;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        boolean refused = Long.compareUnsigned(rcx, 1) > 0;
        boolean checksMutex = guards.checks(TdxGuard.CACHE_WB_IS_ALONE);
        boolean checksLock = guards.checks(TdxGuard.KOT_IS_NOT_LOCKED);
        boolean checksReady = guards.checks(TdxGuard.CACHE_WB_HAS_KEYIDS);
        boolean checksResume = guards.checks(TdxGuard.CACHE_WB_HAS_WHERE_TO_RESUME);
        int number = module.packageOf(lp);
        int parts = module.options().cacheParts();
        return (state, outputs) -> {
            if (refused) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (checksMutex && module.locks().isBusy(state, Kind.WBCACHE, number, Held.EXCLUSIVE)) {
                return Result.TDX_OPERAND_BUSY_WBCACHE;
            }
            if (checksLock && module.locks().isBusy(state, Kind.KOT, 0, Held.SHARED)) {
                return Result.TDX_OPERAND_BUSY_KOT;
            }
            KeyOwnership keys = module.keys();
            if (rcx == 0) {
                if (checksReady && !keys.anyFlushed(state)) {
                    keys.resumeAt().set(state, number, 0);
                    return Result.TDX_NO_HKID_READY_TO_WBCACHE;
                }
                keys.begin(state, number);
            } else if (checksResume && keys.resumeAt().get(state, number) == 0) {
                return Result.TDX_WBCACHE_RESUME_ERROR;
            }
            int part = keys.resumeAt().get(state, number);
            int interrupt = module.interruptAfter().get(state, number);
            if (interrupt != 0 && part + interrupt < parts) {
                module.interruptAfter().set(state, number, 0);
                keys.resumeAt().set(state, number, part + interrupt);
                return Result.TDX_INTERRUPTED_RESUMABLE;
            }
            module.interruptAfter().set(state, number, 0);
            module.seam().writeBack(state, number);
            keys.end(state, number);
            return Result.TDX_SUCCESS;
        };
    }
}
