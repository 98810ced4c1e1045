package org.ringfence.machine.tdx.td;

import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.NoReturn;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.abi.TdxStatus;

/**
 * An operand that names a page which the TD shall have, and the statuses that tell what is wrong with it. Source: TDX
 * module 1.5.01, helpers.c (check_and_lock_explicit_4k_private_hpa, check_and_lock_free_range_hpa); commit 1666adc for
 * dynamic PAMT.
 *
 * @param lp the logical processor that calls
 * @param checksType whether the page must be PT_NDA
 * @param checksPamt whether it must be no PAMT page
 * @param checksPair whether its 2M must have PAMT pages
 */
public record FreePage(
        Admission td, int lp, boolean checksType, boolean checksPamt, boolean checksPair, Ending invalid, Ending range,
        Ending busy, Ending metadata,
        Ending missing) {

    /** What stands for an address that is none, and for the page of a leaf that is given none. */
    public static final Frame NONE = new Frame(FrameRef.NONE);

    /** What stands for a physical address that is no frame of the machine's, but well formed. */
    public static final Frame OUTSIDE = new Frame(FrameRef.NONE - 1);

    /** What stands for a physical address in a reserved area of a TDMR that is no frame of the machine's: PT_RSVD. */
    public static final Frame RESERVED = new Frame(FrameRef.NONE - 3);

    /** For a leaf whose check of the page's type is {@code guard}. */
    public static FreePage of(
            Tdx tdx, int lp, TdxGuard guard, Ending invalid, Ending range, Ending busy, Ending metadata,
            Ending missing) {
        return new FreePage(
                tdx.admission(), lp, tdx.guards().checks(guard), tdx.guards().checks(TdxGuard.PAGE_OPERAND_IS_NO_PAMT),
                tdx.guards().checks(TdxGuard.PAGE_OPERAND_HAS_PAMT), invalid, range, busy, metadata, missing);
    }

    /** For a leaf that gives a page to a vCPU: nobody switches the check of its type off. */
    public static FreePage ofVcpu(
            Tdx tdx, int lp, Ending invalid, Ending range, Ending busy, Ending metadata, Ending missing) {
        return new FreePage(
                tdx.admission(), lp, true, tdx.guards().checks(TdxGuard.PAGE_OPERAND_IS_NO_PAMT),
                tdx.guards().checks(TdxGuard.PAGE_OPERAND_HAS_PAMT), invalid, range, busy, metadata, missing);
    }

    /**
     * Locks the page: of 4K, or from {@code frame} on as many frames as a page of {@code level} has. A page that is
     * locked is busy before its type is looked at: one that a vCPU inside holds, of whatever TD, and the TDR that the
     * leaf itself has locked.
     */
    public Ending lock(State state, int frame, int level, int span) {
        if (frame == OUTSIDE.index()) {
            return range;
        }
        if (frame == RESERVED.index()) {
            return metadata;
        }
        if (frame < 0 || frame % span != 0) {
            return invalid;
        }
        return switch (td.root().findFree(state, lp, frame, span == 1 ? 0 : level)) {
            case OK -> td.checksLocks() && td.isHeldByLeaf(state, frame, span) ? busy : TdxStatus.TDX_SUCCESS;
            case ADDR_RANGE_ERROR -> range;
            case BUSY -> busy;
            case METADATA_INCORRECT -> td.checksLocks() && td.isHeld(state, frame, span) ? busy
                    : checksType ? metadata
                            : TdxStatus.TDX_SUCCESS;
            case MISSING_PAMT_PAGE_PAIR -> checksPair ? missing : TdxStatus.TDX_SUCCESS;
            case IS_PAMT -> checksPamt ? metadata : TdxStatus.TDX_SUCCESS;
            case MACHINE_CHECK -> NoReturn.MACHINE_CHECK;
        };
    }
}
