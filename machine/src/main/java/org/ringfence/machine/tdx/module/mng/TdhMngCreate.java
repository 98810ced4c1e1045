package org.ringfence.machine.tdx.module.mng;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.KeyIdState;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.ModuleLocks.Kind;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.phymem.PageOperand;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.MNG.CREATE, SEAMCALL leaf 9: makes a free page the root page (TDR) of a new TD, with a KeyID that is free. The
 * page is overwritten under the global KeyID, also where no entropy is left for the TD's identity. Waits where the
 * machine has no room for one more TD. Source: TDX module 1.5.01, tdh_mng_create.c.
 *
 * @param rcx address of the page
 * @param rdx the KeyID
 */
public record TdhMngCreate(long rcx, long rdx) implements SystemCall.Listed<TdhMngCreate.Result> {

    /** How TDH.MNG.CREATE ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX,
        TDX_MISSING_PAMT_PAGE_PAIR_RCX,
        TDX_OPERAND_BUSY_KOT,
        TDX_HKID_NOT_FREE,
        TDX_RND_NO_ENTROPY
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_MNG_CREATE;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        boolean isPrivate = module.options().isPrivate(rdx);
        PageOperand page = PageOperand.bind(machine, module, guards, rcx, PageType.PT_NDA,
                guards.checks(TdxGuard.MNG_CREATE_PAGE_IS_FREE),
                Held.EXCLUSIVE);
        boolean checksLock = guards.checks(TdxGuard.KOT_IS_NOT_LOCKED);
        boolean checksKeyId = guards.checks(TdxGuard.MNG_CREATE_KEYID_IS_FREE);
        int keyId = (int) rdx;
        return (state, outputs) -> {
            if (!isPrivate) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
            Ending refused = page.lock(
                    state, lp,
                    Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
                    Result.TDX_OPERAND_BUSY_RCX, Result.TDX_PAGE_METADATA_INCORRECT_RCX,
                    Result.TDX_MISSING_PAMT_PAGE_PAIR_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (checksLock && module.locks().isBusy(state, Kind.KOT, 0, Held.EXCLUSIVE)) {
                return Result.TDX_OPERAND_BUSY_KOT;
            }
            if (checksKeyId && module.keys().of(state, keyId) != KeyIdState.HKID_FREE) {
                return Result.TDX_HKID_NOT_FREE;
            }
            int td = module.tdr().unused(state, module.options().tds());
            if (td == Tdr.NONE) {
                return NoReturn.WAITS;
            }
            module.seam().writeGlobal(state, page.frame());
            if (!module.hasEntropy(state, lp)) {
                return Result.TDX_RND_NO_ENTROPY;
            }
            module.keys().set(state, keyId, KeyIdState.HKID_ASSIGNED);
            module.tdr().frame().set(state, td, page.frame());
            module.tdr().keyId().set(state, td, keyId);
            module.pamt().allocate(state, page.frame(), PageSize.PT_4KB, PageType.PT_TDR, FrameRef.NONE);
            return Result.TDX_SUCCESS;
        };
    }
}
