package org.ringfence.machine.tdx.td;

import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.tdx.seamcall.Codes;

/**
 * What keeps the host's leaves on a TD, all together: how the checks that many of them share tell what they found. Each leaf lists its own results in an
 * enum of its own; {@link Codes} leads from here to there. Where the status names an operand that is in another register with each leaf, the constant here
 * names what the operand is.
 */
public enum Refusal {
    /** Nothing is refused. */
    TDX_SUCCESS,
    /** The module reads poison: a machine check, TDX is disabled and the logical processor gone. */
    MACHINE_CHECK,
    /** The logical processor is gone since a machine check, and calls nobody. */
    PROCESSOR_IS_SHUT_DOWN,
    /** The machine has no room for what the leaf makes: the caller waits until there is. */
    NO_ROOM,
    TDX_SEAMCALL_VMFAILINVALID,
    TDX_SYS_SHUTDOWN,
    TDX_SYS_NOT_READY,
    /** There is no such TD, so that no address names it. */
    TDR_INVALID(Operand.TDR, "TDX_OPERAND_INVALID"),
    TDR_BUSY(Operand.TDR, "TDX_OPERAND_BUSY"),
    /** There is no such vCPU. */
    TDVPR_INVALID(Operand.TDVPR, "TDX_OPERAND_INVALID"),
    TDVPR_BUSY(Operand.TDVPR, "TDX_OPERAND_BUSY"),
    /** The vCPU's root page is reclaimed already. */
    TDVPR_METADATA_INCORRECT(Operand.TDVPR, "TDX_PAGE_METADATA_INCORRECT"),
    /** The address of a page that the TD shall have is none, or not aligned. */
    PAGE_INVALID(Operand.PAGE, "TDX_OPERAND_INVALID"),
    PAGE_ADDR_RANGE_ERROR(Operand.PAGE, "TDX_OPERAND_ADDR_RANGE_ERROR"),
    PAGE_BUSY(Operand.PAGE, "TDX_OPERAND_BUSY"),
    PAGE_METADATA_INCORRECT(Operand.PAGE, "TDX_PAGE_METADATA_INCORRECT"),
    TDX_TD_FATAL,
    TDX_TD_KEYS_NOT_CONFIGURED,
    TDX_TDCS_NOT_ALLOCATED,
    TDX_OPERAND_BUSY_OP_STATE,
    TDX_OP_STATE_INCORRECT,
    TDX_OPERAND_INVALID_RCX,
    TDX_OPERAND_BUSY_SEPT_TREE,
    TDX_EPT_WALK_FAILED_RCX(true),
    TDX_OPERAND_BUSY_RCX(true),
    TDX_GPA_RANGE_ALREADY_BLOCKED_RCX(true),
    TDX_EPT_ENTRY_STATE_INCORRECT_RCX(true),
    TDX_GPA_RANGE_NOT_BLOCKED_RCX(true),
    TDX_TLB_TRACKING_NOT_DONE_RCX,
    TDX_TLB_TRACKING_NOT_DONE_SEPT_TREE,
    TDX_EPT_INVALID_PROMOTE_CONDITIONS_RCX(true),
    TDX_EPT_PAGE_NOT_FREE_RCX(true),
    TDX_OPERAND_INVALID_R9,
    TDX_EPT_ENTRY_NOT_PRESENT_RCX(true),
    TDX_VCPU_STATE_INCORRECT,
    TDX_VCPU_ASSOCIATED,
    TDX_OPERAND_BUSY_TD_EPOCH,
    TDX_PREVIOUS_TLB_EPOCH_BUSY,
    TDX_OPERAND_INVALID_RDX,
    TDX_OPERAND_INVALID_ATTRIBUTES,
    TDX_OPERAND_INVALID_XFAM,
    TDX_OPERAND_INVALID_MAX_VCPUS,
    TDX_OPERAND_INVALID_NUM_L2_VMS,
    TDX_OPERAND_INVALID_EXEC_CONTROLS,
    TDX_OPERAND_INVALID_EPTP_CONTROLS,
    TDX_OPERAND_INVALID_TSC_FREQUENCY,
    TDX_TDCX_NUM_INCORRECT,
    TDX_MAX_VCPUS_EXCEEDED,
    TDX_VCPU_NOT_ASSOCIATED,
    TDX_NO_VCPUS;

    /** What an operand names. */
    enum Operand {
        NONE,
        /** The TD's root page. */
        TDR,
        /** The vCPU's root page. */
        TDVPR,
        /** A page that the TD shall have. */
        PAGE
    }

    private final Operand operand;
    private final String status;
    private final boolean describesEntry;

    Refusal() {
        this(false);
    }

    Refusal(boolean describesEntry) {
        this.operand = Operand.NONE;
        this.status = name();
        this.describesEntry = describesEntry;
    }

    Refusal(Operand operand, String status) {
        this.operand = operand;
        this.status = status;
        this.describesEntry = false;
    }

    /** Its name among a leaf's results, whose operands are in these registers. */
    public String name(String tdr, String tdvpr, String page) {
        return switch (operand) {
            case NONE -> status;
            case TDR -> status + "_" + tdr;
            case TDVPR -> status + "_" + tdvpr;
            case PAGE -> status + "_" + page;
        };
    }

    /** Takes back what a call that is refused so has changed, where it may have changed anything. */
    public void undo(Successors successors) {
        if (this == MACHINE_CHECK) {
            successors.drop();
        }
    }

    /** Whether RCX and RDX describe the entry at which the leaf stopped. */
    public boolean describesEntry() {
        return describesEntry;
    }
}
