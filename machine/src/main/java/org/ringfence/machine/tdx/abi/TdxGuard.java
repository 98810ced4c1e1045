package org.ringfence.machine.tdx.abi;

import org.ringfence.machine.operation.Guard;

/** Checks of the TDX module that can be switched off: named after the leaf, and what it holds to be true. */
public enum TdxGuard implements Guard {
    TD_IS_NOT_FATAL("TDX_TD_FATAL", "a TD that consumed poison runs no more; TDX module 1.5.01, helpers.c"),
    AUG_ENTRY_IS_FREE(
            "TDX_EPT_ENTRY_STATE_INCORRECT",
            "TDH.MEM.PAGE.AUG replaces no page; TDX module 1.5.01, tdh_mem_page_aug.c"),
    AUG_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.PAGE.AUG takes a frame that is PT_NDA; TDX module 1.5.01, tdh_mem_page_aug.c"),
    REMOVE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.PAGE.REMOVE takes a page that gets no new translations; TDX module 1.5.01, tdh_mem_page_remove.c"),
    REMOVE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.PAGE.REMOVE takes a page without translations; TDX module 1.5.01, tdh_mem_page_remove.c"),
    UNBLOCK_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.RANGE.UNBLOCK undoes a block that is tracked; TDX module 1.5.01, tdh_mem_range_unblock.c"),
    TRACK_PREVIOUS_EPOCH_IS_OVER(
            "TDX_PREVIOUS_TLB_EPOCH_BUSY",
            "TDH.MEM.TRACK leaves no vCPU two epochs behind; TDX module 1.5.01, tdh_mem_track.c");

    private final String refuses;
    private final String source;
    private final String unneeded;

    TdxGuard(String refuses, String source) {
        this(refuses, source, "");
    }

    TdxGuard(String refuses, String source, String unneeded) {
        this.refuses = refuses;
        this.source = source;
        this.unneeded = unneeded;
    }

    @Override
    public String refuses() {
        return refuses;
    }

    @Override
    public String source() {
        return source;
    }

    @Override
    public String unneeded() {
        return unneeded;
    }
}
