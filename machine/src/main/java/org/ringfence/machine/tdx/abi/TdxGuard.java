package org.ringfence.machine.tdx.abi;

import org.ringfence.machine.operation.Guard;

/** Checks of the TDX module that can be switched off: named after the leaf, and what it holds to be true. */
public enum TdxGuard implements Guard {
    TD_IS_NOT_FATAL("TDX_TD_FATAL", "a TD that consumed poison runs no more", "helpers.c"),
    OP_STATE_IS_ALLOWED(
            "TDX_OP_STATE_INCORRECT",
            "each leaf has the OP_STATEs in which it runs", "op_state_lookup.c"),
    AUG_ENTRY_IS_FREE(
            "TDX_EPT_ENTRY_STATE_INCORRECT",
            "TDH.MEM.PAGE.AUG replaces no page", "tdh_mem_page_aug.c"),
    AUG_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.PAGE.AUG takes a frame that is PT_NDA", "tdh_mem_page_aug.c"),
    PAGE_ADD_ENTRY_IS_FREE(
            "TDX_EPT_ENTRY_STATE_INCORRECT",
            "TDH.MEM.PAGE.ADD replaces no page", "tdh_mem_page_add.c"),
    PAGE_ADD_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.PAGE.ADD takes a frame that is PT_NDA", "tdh_mem_page_add.c"),
    SEPT_ADD_ENTRY_IS_FREE(
            "TDX_EPT_ENTRY_STATE_INCORRECT",
            "TDH.MEM.SEPT.ADD replaces neither page nor table", "tdh_mem_sept_add.c"),
    SEPT_ADD_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.SEPT.ADD takes a frame that is PT_NDA", "tdh_mem_sept_add.c"),
    REMOVE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.PAGE.REMOVE takes an entry that gets no new translations", "tdh_mem_page_remove.c"),
    REMOVE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.PAGE.REMOVE takes an entry without translations", "tdh_mem_page_remove.c"),
    PROMOTE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.PAGE.PROMOTE takes an entry that gets no new translations", "tdh_mem_page_promote.c",
            Unneeded.WHOLE_TRANSLATIONS),
    PROMOTE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.PAGE.PROMOTE takes an entry without translations", "tdh_mem_page_promote.c",
            Unneeded.WHOLE_TRANSLATIONS),
    DEMOTE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.PAGE.DEMOTE takes an entry that gets no new translations", "tdh_mem_page_demote.c",
            Unneeded.WHOLE_TRANSLATIONS),
    DEMOTE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.PAGE.DEMOTE takes an entry without translations", "tdh_mem_page_demote.c",
            Unneeded.WHOLE_TRANSLATIONS),
    RELOCATE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.PAGE.RELOCATE takes an entry that gets no new translations", "tdh_mem_page_relocate.c"),
    RELOCATE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.PAGE.RELOCATE takes an entry without translations", "tdh_mem_page_relocate.c"),
    SEPT_REMOVE_ENTRY_IS_BLOCKED(
            "TDX_GPA_RANGE_NOT_BLOCKED",
            "TDH.MEM.SEPT.REMOVE takes an entry that gets no new translations", "tdh_mem_sept_remove.c",
            Unneeded.WHOLE_TRANSLATIONS),
    SEPT_REMOVE_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.SEPT.REMOVE takes an entry without translations", "tdh_mem_sept_remove.c",
            Unneeded.WHOLE_TRANSLATIONS),
    UNBLOCK_BLOCK_IS_TRACKED(
            "TDX_TLB_TRACKING_NOT_DONE",
            "TDH.MEM.RANGE.UNBLOCK undoes a block that is tracked", "tdh_mem_range_unblock.c",
            "the entry leads to the same frame as before it was blocked, so what is left of its translations is right"),
    PROMOTE_PAGES_ARE_ALIKE(
            "TDX_EPT_INVALID_PROMOTE_CONDITIONS",
            "TDH.MEM.PAGE.PROMOTE joins pages of one state that lie side by side", "tdh_mem_page_promote.c"),
    DEMOTE_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.PAGE.DEMOTE takes a frame that is PT_NDA", "tdh_mem_page_demote.c"),
    RELOCATE_FRAME_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "TDH.MEM.PAGE.RELOCATE takes a frame that is PT_NDA", "tdh_mem_page_relocate.c"),
    SEPT_REMOVE_TABLE_IS_EMPTY(
            "TDX_EPT_PAGE_NOT_FREE",
            "TDH.MEM.SEPT.REMOVE takes a table without entries", "tdh_mem_sept_remove.c"),
    TRACK_PREVIOUS_EPOCH_IS_OVER(
            "TDX_PREVIOUS_TLB_EPOCH_BUSY",
            "TDH.MEM.TRACK leaves no vCPU two epochs behind", "tdh_mem_track.c"),
    ENTER_VCPU_IS_NOT_ASSOCIATED(
            "TDX_VCPU_ASSOCIATED",
            "a vCPU runs on one logical CPU until it is flushed there", "helpers.c (associate_vcpu)"),
    ENTER_FLUSHES_NEW_EPOCH(
            "no status",
            "TDH.VP.ENTER in another epoch than before flushes the translations of the TD",
            "helpers.c (adjust_tlb_tracking_state)"),
    ENTER_FLUSHES_AFTER_ANOTHER_VCPU(
            "no status",
            "TDH.VP.ENTER of another vCPU than the last on a logical CPU flushes the translations of the TD",
            "tdh_vp_enter.c"),
    ACCEPT_ZEROES(
            "no status",
            "TDG.MEM.PAGE.ACCEPT zeroes what it maps", "tdg_mem_page_accept.c"),
    ALIAS_WAITS_FOR_ACCEPT(
            "no status",
            "the L2 alias of a pending page is blocked until L1 accepts the page", "tdg_mem_page_attr_wr.c"),

    // ---- the module as a system
    SYSTEM_IS_NOT_SHUT_DOWN(
            "TDX_SYS_SHUTDOWN",
            "a module that is shut down serves no more", "tdx_vmm_dispatcher.c",
            "another status and nothing else: what needs SYS_READY ends with TDX_SYS_NOT_READY, and each step of the bring-up finds the module in the wrong state"),
    SYSTEM_IS_READY(
            "TDX_SYS_NOT_READY",
            "TDs come after the bring-up", "tdx_vmm_dispatcher.c"),
    SYSTEM_IS_NOT_LOCKED(
            "TDX_SYS_BUSY",
            "leaves that change the whole module are alone", "tdx_locks.h"),
    SYS_INIT_ATTRIBUTES_ARE_ZERO(
            "TDX_OPERAND_INVALID",
            "TDH.SYS.INIT takes no attributes", "tdh_sys_init.c",
            "success instead of a refusal and nothing else: no attribute has a meaning yet"),
    SYS_INIT_IS_FIRST(
            "TDX_SYS_INIT_NOT_PENDING",
            "TDH.SYS.INIT comes once", "tdh_sys_init.c"),
    SYS_LP_INIT_IS_IN_TIME(
            "TDX_SYS_LP_INIT_NOT_PENDING",
            "TDH.SYS.LP.INIT comes after TDH.SYS.INIT", "tdh_sys_lp_init.c",
            "success instead of a refusal and nothing else: TDH.SYS.CONFIG still waits for TDH.SYS.INIT and for every logical processor"),
    SYS_LP_INIT_IS_ONCE(
            "TDX_SYS_LP_INIT_DONE",
            "TDH.SYS.LP.INIT comes once a logical processor", "tdh_sys_lp_init.c",
            "success instead of a refusal and nothing else: the logical processor is initialized already"),
    SYS_RD_LP_IS_INITIALIZED(
            "TDX_SYS_LP_INIT_NOT_DONE",
            "metadata is for logical processors that are initialized", "tdh_sys_rd.c",
            "the value instead of a refusal and nothing else: metadata is no secret"),
    SYS_INFO_BUFFERS_ARE_SHARED(
            "TDX_OPERAND_INVALID",
            "TDH.SYS.INFO writes shared memory", "tdh_sys_info.c",
            "success instead of a refusal: what the leaf would overwrite leaves no trace here, where only its raw form writes, to words that are no frames"),
    SYS_CONFIG_IS_PENDING(
            "TDX_SYS_CONFIG_NOT_PENDING",
            "TDMRs are configured once", "tdh_sys_config.c"),
    SYS_CONFIG_EVERY_LP_IS_INITIALIZED(
            "TDX_SYS_CONFIG_NOT_PENDING",
            "TDH.SYS.CONFIG comes after TDH.SYS.LP.INIT everywhere", "tdh_sys_config.c"),
    SYS_CONFIG_OPERANDS_ARE_SHARED(
            "TDX_OPERAND_INVALID",
            "TDMR_INFO lies in shared memory", "tdh_sys_config.c",
            "success instead of a refusal: the leaf reads TDMRs from words that are no frames here, and checks what it has read all the same"),
    CONFIG_TDMR_IS_WELL_FORMED(
            "TDX_INVALID_TDMR",
            "a TDMR is whole GBs of addresses that exist", "tdh_sys_config.c"),
    CONFIG_TDMRS_ASCEND(
            "TDX_NON_ORDERED_TDMR",
            "TDMRs ascend without overlap", "tdh_sys_config.c"),
    CONFIG_RESERVED_AREA_FITS(
            "TDX_INVALID_RESERVED_IN_TDMR",
            "a reserved area is whole pages of its TDMR", "tdh_sys_config.c"),
    CONFIG_RESERVED_AREAS_ASCEND(
            "TDX_NON_ORDERED_RESERVED_IN_TDMR",
            "reserved areas ascend without overlap", "tdh_sys_config.c"),
    CONFIG_PAMT_IS_WELL_FORMED(
            "TDX_INVALID_PAMT",
            "a PAMT is whole pages of addresses that exist", "tdh_sys_config.c",
            "success instead of a refusal: TDMRs are kept by whole pages here, so that a PAMT which begins inside one counts from its beginning"),
    CONFIG_PAMT_IS_LARGE_ENOUGH(
            "TDX_INVALID_PAMT",
            "a PAMT has 16 bytes for each page", "tdh_sys_config.c"),
    CONFIG_PAMTS_ARE_APART(
            "TDX_PAMT_OVERLAP",
            "no PAMT overlaps another", "tdh_sys_config.c"),
    CONFIG_PAMT_IS_RESERVED(
            "TDX_PAMT_OVERLAP",
            "no PAMT lies in memory that TDs may have", "tdh_sys_config.c"),
    CONFIG_PAMT_IS_CONVERTIBLE(
            "TDX_PAMT_OUTSIDE_CMRS",
            "a PAMT lies in convertible memory", "tdh_sys_config.c"),
    CONFIG_TDMR_IS_CONVERTIBLE(
            "TDX_TDMR_OUTSIDE_CMRS",
            "what TDs may have is convertible memory", "tdh_sys_config.c"),
    SYS_KEY_CONFIG_IS_PENDING(
            "TDX_SYS_KEY_CONFIG_NOT_PENDING",
            "the global key comes after TDH.SYS.CONFIG", "tdh_sys_key_config.c"),
    SYS_KEY_CONFIG_IS_ONCE(
            "TDX_KEY_CONFIGURED",
            "a package gets the global key once", "tdh_sys_key_config.c",
            "a second key for nothing: before the last package has one nothing lies under the global KeyID, and after that nothing is pending"),
    TDMR_INIT_OPERAND_IS_WELL_FORMED(
            "TDX_OPERAND_INVALID",
            "a TDMR is named by its address without KeyID", "tdh_sys_tdmr_init.c",
            "the same TDMR by another address, and nothing else"),
    TDMR_INIT_IS_ALONE(
            "TDX_OPERAND_BUSY",
            "a TDMR is initialized by one logical processor at a time", "tdh_sys_tdmr_init.c"),
    PAGE_OPERAND_IS_WELL_FORMED(
            "TDX_OPERAND_INVALID",
            "a private page is named by its aligned address without KeyID", "helpers.c",
            "the same page by another address, and nothing else"),
    PAGE_OPERAND_IS_IN_INITIALIZED_TDMR(
            "TDX_OPERAND_ADDR_RANGE_ERROR",
            "a private page lies in a 1G block with PAMT", "pamt_manager.c"),
    PAGE_OPERAND_IS_NOT_LOCKED(
            "TDX_OPERAND_BUSY",
            "a page is in one leaf's hands at a time", "pamt_manager.c"),
    PAGE_OPERAND_HAS_PAMT(
            "TDX_MISSING_PAMT_PAGE_PAIR",
            "with dynamic PAMT a 4K page has an entry before it is used", Later.COMMIT + "helpers.c"),
    PAGE_OPERAND_IS_NO_PAMT(
            "TDX_PAGE_METADATA_INCORRECT",
            "with dynamic PAMT no PAMT page is used for anything else", Later.COMMIT + "helpers.c"),
    PAMT_ADD_RANGE_IS_FREE(
            "TDX_HPA_RANGE_NOT_FREE",
            "TDH.PHYMEM.PAMT.ADD replaces no entries", Later.COMMIT + "tdh_phymem_pamt_add.c"),
    PAMT_PAGE_IS_FREE(
            "TDX_PAGE_NOT_FREE",
            "a PAMT page is PT_NDA before", Later.COMMIT + "tdh_phymem_pamt_add.c, pamt_manager.c (pamt_demote)"),
    PAMT_PAGE_IS_NO_OTHER(
            "TDX_PAGE_NOT_FREE",
            "no page holds PAMT twice, and none that is reserved does",
            Later.COMMIT + "tdh_phymem_pamt_add.c, pamt_manager.c (pamt_demote)"),
    PAMT_REMOVE_PAIR_IS_EMPTY(
            "TDX_PAMT_PAGE_NOT_EMPTY",
            "TDH.PHYMEM.PAMT.REMOVE takes no entry that is in use", Later.COMMIT + "tdh_phymem_pamt_remove.c"),
    KOT_IS_NOT_LOCKED(
            "TDX_OPERAND_BUSY",
            "KeyIDs are in one leaf's hands at a time", "tdx_locks.h"),
    MNG_CREATE_PAGE_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "a TDR takes a page that is PT_NDA", "tdh_mng_create.c"),
    MNG_CREATE_KEYID_IS_FREE(
            "TDX_HKID_NOT_FREE",
            "no two TDs have one KeyID", "tdh_mng_create.c"),
    MNG_KEY_CONFIG_IS_PENDING(
            "TDX_LIFECYCLE_STATE_INCORRECT",
            "a TD gets its keys before it has anything else", "tdh_mng_key_config.c"),
    MNG_KEY_CONFIG_IS_ONCE(
            "TDX_KEY_CONFIGURED",
            "a TD's key on a package does not change", "tdh_mng_key_config.c",
            "a second key for nothing: before the last package has one nothing lies under the TD's KeyID, and after that nothing is pending"),
    MNG_ADDCX_PAGE_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "a TDCS takes a page that is PT_NDA", "tdh_mng_add_cx.c"),
    MNG_ADDCX_KEYS_ARE_CONFIGURED(
            "TDX_TD_KEYS_NOT_CONFIGURED",
            "a TDCS is written under a key that every package has", "tdh_mng_add_cx.c"),
    MNG_ADDCX_TD_IS_UNINITIALIZED(
            "TDX_OP_STATE_INCORRECT",
            "a TDCS grows before TDH.MNG.INIT only", "op_state_lookup.c",
            "a page that TDH.MNG.INIT has not counted and nobody uses; the machine of the module keeps no OP_STATE to tell, only the vectors of the leaf do"),
    VPFLUSHDONE_TD_IS_ALIVE(
            "TDX_LIFECYCLE_STATE_INCORRECT",
            "a TD ends once", "tdh_mng_vpflushdone.c"),
    VPFLUSHDONE_NO_VCPU_IS_ASSOCIATED(
            "TDX_FLUSHVP_NOT_DONE",
            "a TD ends when no processor holds a vCPU of it", "tdh_mng_vpflushdone.c",
            "the machine of the module has no vCPUs, and that of a TD ends with TDH.VP.FLUSH: only vector 56 tells"),
    CACHE_WB_IS_ALONE(
            "TDX_OPERAND_BUSY",
            "a package's cache is written back by one leaf at a time", "tdh_phymem_cache_wb.c"),
    CACHE_WB_HAS_KEYIDS(
            "TDX_NO_HKID_READY_TO_WBCACHE",
            "a cache is written back for some KeyID", "tdh_phymem_cache_wb.c",
            "a cache is written back for nothing"),
    CACHE_WB_HAS_WHERE_TO_RESUME(
            "TDX_WBCACHE_RESUME_ERROR",
            "what is resumed was interrupted", "tdh_phymem_cache_wb.c",
            "the whole cache is written back: what is resumed without a beginning begins at part 0"),
    FREEID_TD_IS_BLOCKED(
            "TDX_LIFECYCLE_STATE_INCORRECT",
            "a KeyID is freed after TDH.MNG.VPFLUSHDONE", "tdh_mng_key_freeid.c"),
    FREEID_CACHES_ARE_WRITTEN_BACK(
            "TDX_WBCACHE_NOT_COMPLETE",
            "a KeyID is freed when it is in no cache", "tdh_mng_key_freeid.c"),
    RECLAIM_TD_IS_TORN_DOWN(
            "TDX_LIFECYCLE_STATE_INCORRECT",
            "a TD's pages go back after its KeyID", "tdh_phymem_page_reclaim.c"),
    RECLAIM_TDR_IS_LAST(
            "TDX_TD_ASSOCIATED_PAGES_EXIST",
            "a TDR goes back after every other page", "tdh_phymem_page_reclaim.c"),
    PAGE_WBINVD_PAGE_IS_FREE(
            "TDX_PAGE_METADATA_INCORRECT",
            "a page is flushed once it is PT_NDA", "tdh_phymem_page_wbinvd.c",
            "a page in use is written back and nothing lost"),
    SYS_SHUTDOWN_VERSION_IS_KNOWN(
            "TDX_OPERAND_INVALID",
            "data is handed over in a version that both modules know", "tdh_sys_shutdown.c",
            "success instead of a refusal: what is handed over to the next module is left out");

    /** Where checks of later modules are told. */
    private static final class Later {
        static final String COMMIT = "commit 1666adc, ";
    }

    /** A reason that several have. */
    private static final class Unneeded {
        static final String WHOLE_TRANSLATIONS =
                "another status and nothing else: what the check keeps from reuse are upper entries in the paging-structure "
                        + "caches of CPUs, and two sizes for one page, for which a processor may raise a machine check; here CPUs keep whole translations, and those "
                        + "lead to the same frames as before";
    }

    // A record of texts.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Check check;

    TdxGuard(String refuses, String holds, String source) {
        this(refuses, holds, source, "");
    }

    TdxGuard(String refuses, String holds, String source, String unneeded) {
        String module = source.startsWith(Later.COMMIT) ? "TDX module, " : "TDX module 1.5.01, ";
        check = new Check(refuses, holds, module + source, unneeded);
    }

    @Override
    public Check check() {
        return check;
    }
}
