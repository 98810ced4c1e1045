package org.ringfence.machine.tdx;

/** A completion status as one leaf function can end with it: the results of each leaf are an enum of these. */
public interface ModuleStatus {

    /** The manual's name. */
    TdxStatus status();

    /** What the low 32 bits hold: an {@link OperandId} or a level. */
    int details();

    /** RAX. */
    default long rax() {
        return status().rax(details());
    }

    /** Whether RCX and RDX describe the Secure EPT entry at which the leaf stopped. */
    default boolean describesEntry() {
        return switch (status()) {
            case TDX_EPT_WALK_FAILED,
                    TDX_EPT_ENTRY_STATE_INCORRECT,
                    TDX_GPA_RANGE_NOT_BLOCKED,
                    TDX_GPA_RANGE_ALREADY_BLOCKED ->
                true;
            case TDX_SUCCESS,
                    TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE,
                    TDX_OPERAND_INVALID,
                    TDX_OPERAND_BUSY,
                    TDX_PREVIOUS_TLB_EPOCH_BUSY,
                    TDX_PAGE_METADATA_INCORRECT,
                    TDX_TD_FATAL,
                    TDX_TLB_TRACKING_NOT_DONE,
                    TDX_PAGE_ALREADY_ACCEPTED,
                    TDX_PAGE_SIZE_MISMATCH,
                    TDX_PAGE_ATTR_INVALID ->
                false;
        };
    }

    /** How a trace prints a status: its name and number. */
    static String print(ModuleStatus status) {
        return status.rax() == 0 ? "TDX_SUCCESS" : "%s (0x%016X)".formatted(status.status(), status.rax());
    }
}
