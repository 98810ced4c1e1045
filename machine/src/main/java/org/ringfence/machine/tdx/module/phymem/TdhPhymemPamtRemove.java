package org.ringfence.machine.tdx.module.phymem;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.PageMetadata;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.PHYMEM.PAMT.REMOVE, SEAMCALL leaf 59: takes the pair of PAMT pages of 2M away, in whose entries no page is in
 * use; RDX and R8 are their addresses. What they hold stays, as the module's ciphertext. Refused as
 * TDX_OPERAND_INVALID of RAX where PAMT is not dynamic. Source: TDX module, commit 1666adc, tdh_phymem_pamt_remove.c.
 *
 * @param rcx address of the 2M, with level 1
 */
public record TdhPhymemPamtRemove(long rcx) implements SystemCall.Listed<TdhPhymemPamtRemove.Result> {

    /** How TDH.PHYMEM.PAMT.REMOVE ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RAX,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_NO_PAMT_PAGE_PAIR_RCX,
        /** The first page of the pair tells of a page in use. */
        TDX_PAMT_PAGE_NOT_EMPTY_0,
        /** The second one does. */
        TDX_PAMT_PAGE_NOT_EMPTY_1;

        @Override
        public Completion completion() {
            return switch (this) {
                case TDX_PAMT_PAGE_NOT_EMPTY_0 -> new Completion(TdxStatus.TDX_PAMT_PAGE_NOT_EMPTY, 0);
                case TDX_PAMT_PAGE_NOT_EMPTY_1 -> new Completion(TdxStatus.TDX_PAMT_PAGE_NOT_EMPTY, 1);
                default -> Completion.named(name());
            };
        }
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    /** For the 2M around {@code hpa}. */
    public static TdhPhymemPamtRemove of(long hpa) {
        return new TdhPhymemPamtRemove(hpa & -PageSize.PT_2MB.bytes() | PageSize.PT_2MB.ordinal());
    }

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_PHYMEM_PAMT_REMOVE;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        if (!module.options().version().hasDynamicPamt()) {
            return (_, _) -> Result.TDX_OPERAND_INVALID_RAX;
        }
        PamtRangeOperand range = PamtRangeOperand.bind(machine, module, guards, rcx);
        boolean checksEmpty = guards.checks(TdxGuard.PAMT_REMOVE_PAIR_IS_EMPTY);
        PageMetadata pamt = module.pamt();
        return (state, outputs) -> {
            if (!pamt.dynamic().isEnabled(state)) {
                return Result.TDX_OPERAND_INVALID_RAX;
            }
            if (!range.isWellFormed()) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (!range.isInRange(state)) {
                return Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX;
            }
            Ending refused = range.lock(state, lp, Result.TDX_OPERAND_BUSY_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            int frame = range.frame();
            if (!pamt.dynamic().has(state, frame)) {
                return Result.TDX_NO_PAMT_PAGE_PAIR_RCX;
            }
            if (checksEmpty && !pamt.isUnused(state, frame, false)) {
                return Result.TDX_PAMT_PAGE_NOT_EMPTY_0;
            }
            if (checksEmpty && !pamt.isUnused(state, frame, true)) {
                return Result.TDX_PAMT_PAGE_NOT_EMPTY_1;
            }
            outputs.rdx(module.map().hpa(pamt.dynamic().page(state, frame, false)));
            outputs.r8(module.map().hpa(pamt.dynamic().page(state, frame, true)));
            pamt.removePair(state, frame);
            return Result.TDX_SUCCESS;
        };
    }
}
