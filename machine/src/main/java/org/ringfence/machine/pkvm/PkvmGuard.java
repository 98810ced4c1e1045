package org.ringfence.machine.pkvm;

import org.ringfence.machine.operation.Guard;

/** What the hypervisor checks before it acts, and what it must do when it does, each of which can be left out. */
public enum PkvmGuard implements Guard {
    SHARE_HYP_HOST_OWNS("EPERM", "the host shares with the hypervisor a page that is its own alone"),
    UNSHARE_HYP_IS_SHARED("EPERM", "the host takes back from the hypervisor a page that it shares with it"),
    UNSHARE_HYP_IS_NOT_PINNED("EBUSY", "the host takes back no page that the hypervisor has pinned"),
    PIN_IS_SHARED("EPERM", "the hypervisor pins pages that the host shares with it"),
    DONATE_HYP_HOST_OWNS("EPERM", "the host donates to the hypervisor a page that is its own alone"),
    DONATE_HOST_HYP_OWNS("EPERM", "the hypervisor gives back a page of its own"),
    SHARE_GUEST_GUEST_HAS_NONE("EPERM", "the guest that the host shares with has no page at the address"),
    SHARE_GUEST_HOST_OWNS(
            "EPERM", "the host shares with a guest a page that is its own, and shared with other guests at most"),
    UNSHARE_GUEST_IS_BORROWED("EPERM", "the host takes back from a guest a page that the guest borrows"),
    DONATE_GUEST_HOST_OWNS("EPERM", "the host donates to a guest a page that is its own alone"),
    DONATE_GUEST_GUEST_HAS_NONE("EPERM", "the guest that the host donates to has no page at the address"),
    DONATE_GUEST_HAS_TABLES("ENOMEM", "the pool has a page for the table that the mapping needs"),
    MEM_SHARE_GUEST_OWNS("INVALID_PARAMETER", "a guest shares a page that is its own alone",
            "sharing what is shared changes nothing"),
    MEM_UNSHARE_GUEST_SHARES("INVALID_PARAMETER", "a guest takes back a page that it shares",
            "taking back what is not shared changes nothing"),
    RELINQUISH_GUEST_OWNS("INVALID_PARAMETER", "a guest relinquishes a page that is its own alone",
            "a guest that gives up what it shares loses what it asked to lose"),
    RELINQUISH_CLEARS("no status: the step is left out", "what a guest relinquishes is zero before the host has it"),
    FORCED_RECLAIM_GUEST_OWNS("EPERM", "the host reclaims by force a page that is a guest's own alone",
            "the host has what the guest shares, and is answered EAGAIN instead"),
    FORCED_RECLAIM_HOST_HAS_NONE("EAGAIN", "the host reclaims by force a page that it does not have",
            "what the host has is no guest's own, and the call is refused with EPERM instead"),
    FORCED_RECLAIM_CLEARS(
            "no status: the step is left out", "what the host reclaims by force is zero before the host has it"),
    FORCED_RECLAIM_POISONS(
            "no status: the step is left out",
            "what the host reclaims by force is poison to its guest, so that no other page takes its place"),
    TEARDOWN_RECLAIM_VM_IS_DYING("EPERM", "the pages of a VM are reclaimed once it has ended"),
    TEARDOWN_RECLAIM_CLEARS(
            "no status: the step is left out", "what a guest that has ended owned is zero before the host has it"),
    HOST_STAGE_2_HAS_PAGE("stage-2 abort", "the host reaches pages that are its own, shared or borrowed");

    // A record of texts.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Check check;

    PkvmGuard(String refuses, String holds) {
        this(refuses, holds, "");
    }

    PkvmGuard(String refuses, String holds, String unneeded) {
        check = new Check(refuses, holds, "Linux, arch/arm64/kvm/hyp/nvhe/mem_protect.c", unneeded);
    }

    @Override
    public Check check() {
        return check;
    }
}
