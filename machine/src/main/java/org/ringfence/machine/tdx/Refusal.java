package org.ringfence.machine.tdx;

import org.ringfence.machine.tdx.abi.ModuleStatus;

/**
 * What the host's leaves on a TD can end with, all together: how the checks that many of them share tell what they found. Each leaf lists its own in an
 * enum of its own, by the same names; {@link Codes} leads from here to there.
 */
enum Refusal implements ModuleStatus {
    /** Nothing is refused. */
    TDX_SUCCESS,
    TDX_OPERAND_BUSY_RDX,
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
    TDX_OPERAND_INVALID_R8,
    TDX_OPERAND_ADDR_RANGE_ERROR_R8,
    TDX_PAGE_METADATA_INCORRECT_R8,
    TDX_OPERAND_INVALID_R9,
    TDX_OPERAND_INVALID_R10,
    TDX_OPERAND_INVALID_R11,
    TDX_PAGE_METADATA_INCORRECT_R9,
    TDX_PAGE_METADATA_INCORRECT_R10,
    TDX_PAGE_METADATA_INCORRECT_R11,
    TDX_L2_SEPT_PAGE_NOT_PROVIDED_R9,
    TDX_L2_SEPT_PAGE_NOT_PROVIDED_R10,
    TDX_L2_SEPT_PAGE_NOT_PROVIDED_R11,
    TDX_EPT_ENTRY_NOT_PRESENT_RCX(true),
    TDX_EPT_ENTRY_NOT_PRESENT,
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
    TDX_PAGE_METADATA_INCORRECT_RCX,
    TDX_TDCX_NUM_INCORRECT,
    TDX_MAX_VCPUS_EXCEEDED,
    TDX_VCPU_NOT_ASSOCIATED,
    TDX_NO_VCPUS;

    private final boolean describesEntry;

    Refusal() {
        this(false);
    }

    Refusal(boolean describesEntry) {
        this.describesEntry = describesEntry;
    }

    /** Whether RCX and RDX describe the entry at which the leaf stopped. */
    boolean describesEntry() {
        return describesEntry;
    }
}
