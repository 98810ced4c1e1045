package org.ringfence.machine.tdx.module.phymem;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.PHYMEM.PAGE.WBINVD, SEAMCALL leaf 41: flushes a page's lines from every cache, under the KeyID in its address.
 * The page must be free already: a page in use is refused. Source: TDX module 1.5.01, tdh_phymem_page_wbinvd.c.
 *
 * @param rcx address of the page with the KeyID
 */
public record TdhPhymemPageWbinvd(long rcx) implements SystemCall.Listed<TdhPhymemPageWbinvd.Result> {

    /** How TDH.PHYMEM.PAGE.WBINVD ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_PAGE_METADATA_INCORRECT_RCX
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_PHYMEM_PAGE_WBINVD;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        int keyId = module.options().keyId(rcx);
        long hpa = module.options().withoutKeyId(rcx);
        PageOperand page = PageOperand.bind(machine, module, guards, hpa, PageType.PT_NDA,
                guards.checks(TdxGuard.PAGE_WBINVD_PAGE_IS_FREE),
                Held.SHARED);
        return (state, outputs) -> {
            Ending refused = page.lock(
                    state, lp,
                    Result.TDX_OPERAND_INVALID_RCX, Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
                    Result.TDX_OPERAND_BUSY_RCX, Result.TDX_PAGE_METADATA_INCORRECT_RCX, TdxStatus.TDX_SUCCESS);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (page.frame() >= 0 && module.pamt().dynamic().isPamt(state, page.frame())) {
                return Result.TDX_PAGE_METADATA_INCORRECT_RCX;
            }
            module.seam().flush(state, page.frame(), keyId);
            return Result.TDX_SUCCESS;
        };
    }
}
