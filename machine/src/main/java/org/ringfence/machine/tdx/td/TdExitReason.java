package org.ringfence.machine.tdx.td;

import org.ringfence.machine.tdx.abi.TdxStatus;

/**
 * Why a vCPU is with the host: the VMX exit reason and, for an EPT violation, the type of the extended exit
 * qualification in RDX[3:0]. Source: TDX module 1.5.01, td_other_exits.c, td_ept_violation.c; GHCI for TDG.VP.VMCALL.
 */
public enum TdExitReason {
    /** The vCPU is inside. */
    NONE(0, 0),
    /** The host took its CPU back. */
    EXTERNAL_INTERRUPT(1, 0),
    /** A private access found no page, or a blocked one. */
    EPT_VIOLATION(48, 0),
    /** A private access found a pending page, with SEPT_VE_DISABLE. */
    PENDING_EPT_VIOLATION(48, 6),
    /** A shared access found no page. */
    SHARED_EPT_VIOLATION(48, 0),
    /** TDG.MEM.PAGE.ACCEPT found nothing to accept. */
    ACCEPT_EPT_VIOLATION(48, 1),
    /** TDG.MEM.PAGE.ATTR.WR found no page. */
    ATTR_WR_EPT_VIOLATION(48, 5),
    /** TDG.VP.VMCALL&lt;MapGPA&gt; to shared. */
    MAP_GPA_SHARED(77, 0),
    /** TDG.VP.VMCALL&lt;MapGPA&gt; to private. */
    MAP_GPA_PRIVATE(77, 0),
    /** TDG.VP.VMCALL&lt;MapGPA&gt; of no bytes. */
    MAP_GPA_EMPTY(77, 0),
    /** TDG.VP.VMCALL&lt;MapGPA&gt; with an address or a size that is not 4K aligned. */
    MAP_GPA_UNALIGNED(77, 0),
    /** Poison was consumed inside; the TD is fatal and never runs again. */
    MACHINE_CHECK(0, 0),
    /**
     * The host took its CPU back from another vCPU of a TD that is fatal. Source: TDX module 1.5.01,
     * tdx_td_dispatcher.c.
     */
    EXTERNAL_INTERRUPT_WHEN_FATAL(1, 0);

    private final int vmxReason;
    private final int qualificationType;

    TdExitReason(int vmxReason, int qualificationType) {
        this.vmxReason = vmxReason;
        this.qualificationType = qualificationType;
    }

    /** RAX at the host's TDH.VP.ENTER. */
    public long rax() {
        return this == MACHINE_CHECK || this == EXTERNAL_INTERRUPT_WHEN_FATAL
                ? TdxStatus.TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE.rax(vmxReason)
                : TdxStatus.TDX_SUCCESS.rax(vmxReason);
    }

    /** RDX[3:0]. */
    int qualificationType() {
        return qualificationType;
    }

    /** Whether RDX tells of the level that was asked for and of the entry that was found. */
    public boolean qualifiesLevels() {
        return this == ACCEPT_EPT_VIOLATION || this == ATTR_WR_EPT_VIOLATION;
    }

    /** Whether the host learns a page. */
    public boolean hasPage() {
        return switch (this) {
            case EPT_VIOLATION,
                    PENDING_EPT_VIOLATION,
                    SHARED_EPT_VIOLATION,
                    ACCEPT_EPT_VIOLATION,
                    ATTR_WR_EPT_VIOLATION,
                    MAP_GPA_SHARED,
                    MAP_GPA_PRIVATE ->
                true;
            case NONE,
                    EXTERNAL_INTERRUPT,
                    MAP_GPA_EMPTY,
                    MAP_GPA_UNALIGNED,
                    MACHINE_CHECK,
                    EXTERNAL_INTERRUPT_WHEN_FATAL ->
                false;
        };
    }

    /** Whether the host learns a range of pages. */
    public boolean hasRange() {
        return this == MAP_GPA_SHARED || this == MAP_GPA_PRIVATE;
    }

    /** Whether a vCPU calls, to be answered. */
    public boolean isCall() {
        return hasRange() || this == MAP_GPA_EMPTY || this == MAP_GPA_UNALIGNED;
    }
}
