package org.ringfence.machine.tdx.module.sys;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.OperandId;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.KeyIdState;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.SystemState;
import org.ringfence.machine.tdx.module.TdmrChecks;
import org.ringfence.machine.tdx.module.TdmrInfo;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * TDH.SYS.CONFIG, SEAMCALL leaf 45: tells the module once for all which memory TDs may have, where its metadata goes,
 * and which KeyID is the module's own. A TDMR is read and checked before the next one is. The KeyID is reserved before
 * the first, and stays so where one is refused.
 *
 * <p>Source: TDX module 1.5.01, tdh_sys_config.c.
 *
 * @param rcx address of an array of addresses, 512-byte aligned and shared
 * @param rdx how many there are
 * @param r8 the global private KeyID; bit 16 chooses dynamic PAMT, where the module has it
 * @param tdmrs what lies in memory there: as many as RDX tells, unless that is refused
 */
public record TdhSysConfig(long rcx, long rdx, long r8, List<Entry> tdmrs) implements SystemCall.Coded {

    /** Bit 16 of R8: the host adds PAMT pages for what it uses by 4K. */
    public static final long DYNAMIC_PAMT = 1L << 16;

    /** Alignment of what lies in memory, in bytes. */
    public static final int ALIGNMENT = 512;

    private static final Completion TDX_OPERAND_INVALID_RCX =
            new Completion(TdxStatus.TDX_OPERAND_INVALID, OperandId.RCX);
    private static final Completion TDX_OPERAND_INVALID_RDX =
            new Completion(TdxStatus.TDX_OPERAND_INVALID, OperandId.RDX);
    private static final Completion TDX_OPERAND_INVALID_R8 =
            new Completion(TdxStatus.TDX_OPERAND_INVALID, OperandId.R8);

    /**
     * One TDMR_INFO.
     *
     * @param pa where it lies
     */
    public record Entry(long pa, TdmrInfo tdmr) {}

    public TdhSysConfig {
        tdmrs = List.copyOf(tdmrs);
    }

    /** For these TDMRs, at addresses that are good. */
    public static TdhSysConfig of(List<TdmrInfo> tdmrs, int keyId) {
        return new TdhSysConfig(
                0, tdmrs.size(), keyId, tdmrs.stream().map(tdmr -> new Entry(0, tdmr)).toList());
    }

    /** The same with dynamic PAMT. */
    public TdhSysConfig withDynamicPamt() {
        return new TdhSysConfig(rcx, rdx, r8 | DYNAMIC_PAMT, tdmrs);
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_SYS_CONFIG;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        boolean checksLock = guards.checks(TdxGuard.SYSTEM_IS_NOT_LOCKED);
        boolean checksState = guards.checks(TdxGuard.SYS_CONFIG_IS_PENDING);
        boolean checksLps = guards.checks(TdxGuard.SYS_CONFIG_EVERY_LP_IS_INITIALIZED)
                && module.options().version().initializesEveryLpFirst();
        boolean isShared = isShared(module.options(), guards, rcx);
        boolean isDynamic = isDynamic(module.options());
        long keyId = isDynamic ? r8 & ~DYNAMIC_PAMT : r8;
        boolean isPrivate = module.options().isPrivate(keyId);
        Optional<Completion> refused = check(module.options(), guards);
        List<TdmrInfo> taken = tdmrs.stream().map(Entry::tdmr).toList();
        return (state, outputs) -> {
            if (checksLock && module.locks().isBusy(state, Kind.SYS, 0, Held.EXCLUSIVE)) {
                return TdxStatus.TDX_SYS_BUSY;
            }
            if (checksState && module.system().get(state) != SystemState.SYSINIT_DONE
                    || checksLps && !module.isEveryLpInitialized(state)) {
                return TdxStatus.TDX_SYS_CONFIG_NOT_PENDING;
            }
            if (!isShared) {
                return TDX_OPERAND_INVALID_RCX;
            }
            if (rdx < 1 || rdx > ModuleOptions.MAX_TDMRS) {
                return TDX_OPERAND_INVALID_RDX;
            }
            if (!isPrivate) {
                return TDX_OPERAND_INVALID_R8;
            }
            module.keys().set(state, (int) keyId, KeyIdState.HKID_RESERVED);
            module.seam().hkid().set(state, (int) keyId);
            module.pamt().dynamic().enable(state, isDynamic);
            if (refused.isPresent()) {
                return refused.get();
            }
            module.tdmrs().set(state, taken);
            module.packages().set(state, 0, 0);
            module.system().set(state, SystemState.SYSCONFIG_DONE);
            return TdxStatus.TDX_SUCCESS;
        };
    }

    private static boolean isShared(ModuleOptions options, Guards guards, long pa) {
        return options.isShared(pa, ALIGNMENT) || !guards.checks(TdxGuard.SYS_CONFIG_OPERANDS_ARE_SHARED);
    }

    private boolean isDynamic(ModuleOptions options) {
        return options.version().hasDynamicPamt() && (r8 & DYNAMIC_PAMT) != 0;
    }

    /** Source: tdh_sys_config.c (check_and_set_tdmrs). */
    private Optional<Completion> check(ModuleOptions options, Guards guards) {
        List<TdmrInfo> good = new ArrayList<>();
        for (Entry entry : tdmrs) {
            if (!isShared(options, guards, entry.pa)) {
                return Optional.of(TDX_OPERAND_INVALID_RCX);
            }
            Optional<Completion> refused =
                    new TdmrChecks(options, guards, isDynamic(options), List.copyOf(good)).refuse(entry.tdmr);
            if (refused.isPresent()) {
                return refused;
            }
            good.add(entry.tdmr);
        }
        return Optional.empty();
    }
}
