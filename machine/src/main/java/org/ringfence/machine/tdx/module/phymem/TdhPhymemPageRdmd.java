package org.ringfence.machine.tdx.module.phymem;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.PHYMEM.PAGE.RDMD, SEAMCALL leaf 24: reads a page's metadata: RCX its type, RDX its owner, R8 its size, R9 its
 * BEPOCH where it is PT_REG or PT_EPT. The owner of a free page may be stale. Where the machine keeps TDs' Secure EPT
 * it keeps the age of a block beside the entry, and BEPOCH here is 0. Source: TDX module 1.5.01,
 * tdh_phymem_page_rdmd.c.
 *
 * @param rcx address of the page
 */
public record TdhPhymemPageRdmd(long rcx) implements SystemCall.Listed<TdhPhymemPageRdmd.Result> {

    /** How TDH.PHYMEM.PAGE.RDMD ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_PHYMEM_PAGE_RDMD;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        AnyPageOperand page = AnyPageOperand.bind(machine, module, guards, rcx, Held.SHARED);
        return (state, outputs) -> {
            Ending refused = page.lock(
                    state, lp, Result.TDX_OPERAND_INVALID_RCX,
                    Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX, Result.TDX_OPERAND_BUSY_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            PageSize size = page.describe(state, outputs);
            PageType type = page.type(state);
            if (type == PageType.PT_REG || type == PageType.PT_EPT) {
                outputs.r9(module.pamt().bepoch(state, page.frame(), size));
            }
            return Result.TDX_SUCCESS;
        };
    }
}
