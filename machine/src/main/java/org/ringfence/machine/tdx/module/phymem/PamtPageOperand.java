package org.ringfence.machine.tdx.module.phymem;

import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.PageMetadata.Found;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.TdxModule;

/**
 * An operand that names a page which shall hold PAMT. It is looked up after the address of each of a pair has been
 * checked, and its bit only after the entries of both. Source: TDX module, commit 1666adc, tdh_phymem_pamt_add.c.
 *
 * @param hpa the page
 * @param frame at that address; -1 where the machine has none
 */
record PamtPageOperand(
        TdxModule module, long hpa, boolean isPlain, int frame, boolean checksLock, boolean checksFree,
        boolean checksOther) {

    static PamtPageOperand bind(TdxModule module, Guards guards, long pa) {
        return new PamtPageOperand(
                module,
                pa,
                module.options().isPlain(pa, PageSize.PT_4KB.bytes()),
                module.map().frame(pa),
                guards.checks(TdxGuard.PAGE_OPERAND_IS_NOT_LOCKED),
                guards.checks(TdxGuard.PAMT_PAGE_IS_FREE),
                guards.checks(TdxGuard.PAMT_PAGE_IS_NO_OTHER));
    }

    boolean isInRange(State state) {
        return frame >= 0
                ? module.pamt().covers(state, hpa)
                : module.tdmrs().isReserved(state, hpa, PageSize.PT_4KB.bytes());
    }

    /** What its entry tells; one in the 2M {@code of} that it shall tell of has none, and is not locked. */
    Found find(State state, int lp, int of) {
        if (frame < 0) {
            return Found.IS_PAMT;
        }
        boolean isInside = module.pamt().dynamic().head(frame) == module.pamt().dynamic().head(of);
        Found found = module.pamt().findForPamt(state, lp, frame, checksLock && !isInside);
        return isInside && found == Found.METADATA_INCORRECT ? Found.OK : found;
    }

    Ending judge(Found found, Ending busy, Ending notFree) {
        return switch (found) {
            case OK, IS_PAMT -> TdxStatus.TDX_SUCCESS;
            case BUSY -> busy;
            case METADATA_INCORRECT, MISSING_PAMT_PAGE_PAIR, ADDR_RANGE_ERROR -> checksFree
                    ? notFree
                    : TdxStatus.TDX_SUCCESS;
            case MACHINE_CHECK -> NoReturn.MACHINE_CHECK;
        };
    }

    /** Whether its bit is set already. */
    boolean isOther(Found found) {
        return checksOther && found == Found.IS_PAMT;
    }
}
