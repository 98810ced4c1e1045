package org.ringfence.machine.tdx.module.phymem;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.PageMetadata.Found;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * TDH.PHYMEM.PAMT.ADD, SEAMCALL leaf 58: gives the module two pages for the entries of the 4K pages of 2M, of which
 * none is in use yet. The pages may lie in that 2M, or in another one; they are overwritten under the global KeyID.
 * Refused as TDX_OPERAND_INVALID of RAX where PAMT is not dynamic, as where the module has no such leaf. Source: TDX
 * module, commit 1666adc, tdh_phymem_pamt_add.c.
 *
 * @param rcx address of the 2M, with level 1
 * @param rdx address of the page for its first half
 * @param r8 address of the page for its second half
 */
public record TdhPhymemPamtAdd(long rcx, long rdx, long r8) implements SystemCall.Listed<TdhPhymemPamtAdd.Result> {

    /** How TDH.PHYMEM.PAMT.ADD ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RAX,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_ADDR_RANGE_ERROR_RDX,
        TDX_OPERAND_INVALID_R8,
        TDX_OPERAND_ADDR_RANGE_ERROR_R8,
        TDX_OPERAND_ADDR_RANGE_ERROR_RCX,
        TDX_OPERAND_BUSY_RCX,
        TDX_HPA_RANGE_NOT_FREE_RCX,
        TDX_OPERAND_BUSY_RDX,
        TDX_PAGE_NOT_FREE_RDX,
        TDX_OPERAND_BUSY_R8,
        TDX_PAGE_NOT_FREE_R8
    }

    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    /** For the 2M around {@code hpa}. */
    public static TdhPhymemPamtAdd of(long hpa, long first, long second) {
        return new TdhPhymemPamtAdd(hpa & -PageSize.PT_2MB.bytes() | PageSize.PT_2MB.ordinal(), first, second);
    }

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeamcallLeaf number() {
        return SeamcallLeaf.TDH_PHYMEM_PAMT_ADD;
    }

    @Override
    public Body body(Machine machine, TdxModule module, Guards guards, int lp) {
        if (!module.options().version().hasDynamicPamt()) {
            return (_, _) -> Result.TDX_OPERAND_INVALID_RAX;
        }
        PamtRangeOperand range = PamtRangeOperand.bind(machine, module, guards, rcx);
        PamtPageOperand first = PamtPageOperand.bind(module, guards, rdx);
        PamtPageOperand second = PamtPageOperand.bind(module, guards, r8);
        boolean checksRange = guards.checks(TdxGuard.PAMT_ADD_RANGE_IS_FREE);
        return (state, _) -> {
            if (!module.pamt().dynamic().isEnabled(state)) {
                return Result.TDX_OPERAND_INVALID_RAX;
            }
            if (!range.isWellFormed()) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (!first.isPlain()) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
            if (!first.isInRange(state)) {
                return Result.TDX_OPERAND_ADDR_RANGE_ERROR_RDX;
            }
            if (!second.isPlain()) {
                return Result.TDX_OPERAND_INVALID_R8;
            }
            if (!second.isInRange(state)) {
                return Result.TDX_OPERAND_ADDR_RANGE_ERROR_R8;
            }
            if (!range.isInRange(state)) {
                return Result.TDX_OPERAND_ADDR_RANGE_ERROR_RCX;
            }
            Ending refused = range.lock(state, lp, Result.TDX_OPERAND_BUSY_RCX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (checksRange && isInUse(state, module, range.frame())) {
                return Result.TDX_HPA_RANGE_NOT_FREE_RCX;
            }
            Found foundFirst = first.find(state, lp, range.frame());
            refused = first.judge(foundFirst, Result.TDX_OPERAND_BUSY_RDX, Result.TDX_PAGE_NOT_FREE_RDX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            Found foundSecond = second.find(state, lp, range.frame());
            refused = second.judge(foundSecond, Result.TDX_OPERAND_BUSY_R8, Result.TDX_PAGE_NOT_FREE_R8);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (first.isOther(foundFirst)) {
                return Result.TDX_PAGE_NOT_FREE_RDX;
            }
            if (second.isOther(foundSecond) || first.frame() == second.frame()) {
                return Result.TDX_PAGE_NOT_FREE_R8;
            }
            module.pamt().addPair(state, range.frame(), first.frame(), second.frame());
            return module.seam().shutDown().get(state, lp) ? NoReturn.MACHINE_CHECK : Result.TDX_SUCCESS;
        };
    }

    /** Whether the 2M is a page, or has a pair. */
    private static boolean isInUse(State state, TdxModule module, int frame) {
        return module.pamt().size(state, frame) != PageSize.PT_4KB || module.pamt().dynamic().has(state, frame);
    }
}
