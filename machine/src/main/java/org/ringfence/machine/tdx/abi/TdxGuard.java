package org.ringfence.machine.tdx.abi;

import org.ringfence.machine.operation.Guard;

/** Checks of the TDX module that can be switched off: named after the leaf, and what it holds to be true. */
public enum TdxGuard implements Guard {
    TD_IS_NOT_FATAL("TDX_TD_FATAL", "a TD that consumed poison runs no more; TDX module 1.5.01, helpers.c"),
    OP_STATE_IS_ALLOWED(
            "TDX_OP_STATE_INCORRECT",
            "each leaf has the OP_STATEs in which it runs; TDX module 1.5.01, op_state_lookup.c"),
    AUG_ENTRY_IS_FREE(
            "TDX_EPT_ENTRY_STATE_INCORRECT",
            "TDH.MEM.PAGE.AUG replaces no page; TDX module 1.5.01, tdh_mem_page_aug.c"),
    AUG_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.PAGE.AUG takes a frame that is PT_NDA; TDX module 1.5.01, tdh_mem_page_aug.c"),
    PAGE_ADD_ENTRY_IS_FREE(
            "TDX_EPT_ENTRY_STATE_INCORRECT",
            "TDH.MEM.PAGE.ADD replaces no page; TDX module 1.5.01, tdh_mem_page_add.c"),
    PAGE_ADD_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.PAGE.ADD takes a frame that is PT_NDA; TDX module 1.5.01, tdh_mem_page_add.c"),
    SEPT_ADD_ENTRY_IS_FREE(
            "TDX_EPT_ENTRY_STATE_INCORRECT",
            "TDH.MEM.SEPT.ADD replaces neither page nor table; TDX module 1.5.01, tdh_mem_sept_add.c"),
    SEPT_ADD_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.SEPT.ADD takes a frame that is PT_NDA; TDX module 1.5.01, tdh_mem_sept_add.c"),
    REMOVE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.PAGE.REMOVE takes an entry that gets no new translations; TDX module 1.5.01, tdh_mem_page_remove.c"),
    REMOVE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.PAGE.REMOVE takes an entry without translations; TDX module 1.5.01, tdh_mem_page_remove.c"),
    PROMOTE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.PAGE.PROMOTE takes an entry that gets no new translations; TDX module 1.5.01, tdh_mem_page_promote.c"),
    PROMOTE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.PAGE.PROMOTE takes an entry without translations; TDX module 1.5.01, tdh_mem_page_promote.c"),
    DEMOTE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.PAGE.DEMOTE takes an entry that gets no new translations; TDX module 1.5.01, tdh_mem_page_demote.c"),
    DEMOTE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.PAGE.DEMOTE takes an entry without translations; TDX module 1.5.01, tdh_mem_page_demote.c"),
    RELOCATE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.PAGE.RELOCATE takes an entry that gets no new translations; TDX module 1.5.01, tdh_mem_page_relocate.c"),
    RELOCATE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.PAGE.RELOCATE takes an entry without translations; TDX module 1.5.01, tdh_mem_page_relocate.c"),
    SEPT_REMOVE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.SEPT.REMOVE takes an entry that gets no new translations; TDX module 1.5.01, tdh_mem_sept_remove.c"),
    SEPT_REMOVE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.SEPT.REMOVE takes an entry without translations; TDX module 1.5.01, tdh_mem_sept_remove.c"),
    UNBLOCK_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.RANGE.UNBLOCK undoes a block that is tracked; TDX module 1.5.01, tdh_mem_range_unblock.c"),
    PROMOTE_PAGES_ARE_ALIKE(
            "TDX_EPT_INVALID_PROMOTE_CONDITIONS",
            "TDH.MEM.PAGE.PROMOTE joins pages of one state that lie side by side; TDX module 1.5.01, tdh_mem_page_promote.c"),
    DEMOTE_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.PAGE.DEMOTE takes a frame that is PT_NDA; TDX module 1.5.01, tdh_mem_page_demote.c"),
    RELOCATE_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.PAGE.RELOCATE takes a frame that is PT_NDA; TDX module 1.5.01, tdh_mem_page_relocate.c"),
    SEPT_REMOVE_TABLE_IS_EMPTY(
            "TDX_EPT_PAGE_NOT_FREE",
            "TDH.MEM.SEPT.REMOVE takes a table without entries; TDX module 1.5.01, tdh_mem_sept_remove.c"),
    TRACK_PREVIOUS_EPOCH_IS_OVER(
            "TDX_PREVIOUS_TLB_EPOCH_BUSY",
            "TDH.MEM.TRACK leaves no vCPU two epochs behind; TDX module 1.5.01, tdh_mem_track.c"),
    ENTER_VCPU_IS_NOT_ASSOCIATED(
            "TDX_VCPU_ASSOCIATED",
            "a vCPU runs on one logical CPU until it is flushed there; TDX module 1.5.01, helpers.c (associate_vcpu)"),
    ENTER_FLUSHES_NEW_EPOCH(
            "no status",
            "TDH.VP.ENTER in another epoch than before flushes the translations of the TD; TDX module 1.5.01, helpers.c (adjust_tlb_tracking_state)"),
    ACCEPT_ZEROES(
            "no status",
            "TDG.MEM.PAGE.ACCEPT zeroes what it maps; TDX module 1.5.01, tdg_mem_page_accept.c"),
    ALIAS_WAITS_FOR_ACCEPT(
            "no status",
            "the L2 alias of a pending page is blocked until L1 accepts the page; TDX module 1.5.01, tdg_mem_page_attr_wr.c");

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
