package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.vocabulary.Meaning;

/**
 * What software does when TDG.MEM.PAGE.ACCEPT tells it that a page was accepted before, and when the page has another
 * size.
 */
public enum Policy {
    /** Source: Linux, arch/x86/coco/tdx/tdx-shared.c, tdx_accept_memory. */
    @Meaning("Linux: any status but 0 is a failure; the next smaller size is tried, and when 4K fails the caller "
            + "gives up.")
    LINUX,
    /** Source: td-shim, tdx-tdcall/src/tdx.rs. */
    @Meaning("td-shim: \"already accepted\" at 4K is skipped in silence; at 2M it is an error, and every error "
            + "is a panic.")
    TD_SHIM,
    /** Source: edk2, MdePkg/Library/TdxLib/AcceptPages.c. */
    @Meaning("edk2: \"already accepted\" is counted and skipped, at every size.")
    EDK2,
    /** Source: COCONUT-SVSM, kernel/src/tdx/tdcall.rs. */
    @Meaning("COCONUT-SVSM: \"already accepted\" is a success, and the page is zeroed by the guest itself.")
    COCONUT,
    @Meaning("The thread's proposal: the inner guest's access is taken away, translations are flushed on every "
            + "CPU, and only then the page is zeroed.")
    RECOVER
}
