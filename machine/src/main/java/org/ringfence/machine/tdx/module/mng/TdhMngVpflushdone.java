package org.ringfence.machine.tdx.module.mng;

import java.util.List;
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
import org.ringfence.machine.tdx.module.TdControl;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.MNG.VPFLUSHDONE, SEAMCALL leaf 19: ends a TD's running for good, once none of its vCPUs is associated with a
 * logical processor. Its KeyID then waits for the caches of every package. A TD that is fatal is taken too. Source: TDX
 * module 1.5.01, tdh_mng_vpflushdone.c.
 *
 * @param rcx address of the TDR
 */
public record TdhMngVpflushdone(long rcx) implements SystemCall.Listed<TdhMngVpflushdone.Result> {

    /** How TDH.MNG.VPFLUSHDONE ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_OPERAND_BUSY_KOT,
        TDX_LIFECYCLE_STATE_INCORRECT,
        TDX_FLUSHVP_NOT_DONE
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_MNG_VPFLUSHDONE;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        TdrOperand operand = TdrOperand.bind(machine, module, guards, rcx);
        boolean checksLock = guards.checks(TdxGuard.KOT_IS_NOT_LOCKED);
        boolean checksLifecycle = guards.checks(TdxGuard.VPFLUSHDONE_TD_IS_ALIVE);
        boolean checksVcpus = guards.checks(TdxGuard.VPFLUSHDONE_NO_VCPU_IS_ASSOCIATED);
        List<TdControl> controls = TdControl.of(machine);
        return (state, _) -> {
            Ending refused = operand.lock(
                    state, lp,
                    Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
                    Result.TDX_OPERAND_BUSY_RCX, Result.TDX_PAGE_METADATA_INCORRECT_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            int td = operand.td(state);
            if (checksLock && module.locks().isBusy(state, Kind.KOT, 0, Held.EXCLUSIVE)) {
                return Result.TDX_OPERAND_BUSY_KOT;
            }
            Tdr tdr = module.tdr();
            LifecycleState now = tdr.lifecycle().get(state, td);
            if (checksLifecycle
                    && now != LifecycleState.TD_HKID_ASSIGNED
                    && now != LifecycleState.TD_KEYS_CONFIGURED) {
                return Result.TDX_LIFECYCLE_STATE_INCORRECT;
            }
            if (checksVcpus
                    && tdr.tdcx().get(state, td) >= Tdr.LEAST_TDCX
                    && !controls.isEmpty()
                    && controls.get(td).associatedVcpus(state) != 0) {
                return Result.TDX_FLUSHVP_NOT_DONE;
            }
            tdr.lifecycle().set(state, td, LifecycleState.TD_BLOCKED);
            module.touchRoot(state, td);
            module.keys().flushed(state, module.keyId(state, td), module.packages().get(state, 0));
            return Result.TDX_SUCCESS;
        };
    }
}
