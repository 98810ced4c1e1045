package org.ringfence.machine.s390;

import org.ringfence.machine.operation.Guard;

/** What the Ultravisor checks before it acts, and what it must do when it does, each of which can be left out. */
public enum UvGuard implements Guard {
    IMPORT_PAGE_IS_NOT_SECURE("other RC", "CONV_TO_SEC_STOR takes a frame that is not secure",
            "the page is zero, which the host can have by destroying it"),
    IMPORT_CONTENTS_ARE_EXPORTED(
            "other RC", "CONV_TO_SEC_STOR of a page that was exported finds what was exported, and at its last"),
    IMPORT_CLEARS("no status: the step is left out",
            "a page that was never secure is zero once CONV_TO_SEC_STOR has taken it"),
    EXPORT_ENCRYPTS("no status: the step is left out", "CONV_FROM_SEC_STOR encrypts what the host then reads"),
    DESTROY_CLEARS("no status: the step is left out", "DESTR_SEC_STOR clears what the host then reads"),
    PIN_IS_SHARED("other RC", "PIN_PAGE_SHARED takes a page that its guest shares"),
    UNSHARE_IS_NOT_PINNED(
            "the guest leaves for its host", "a guest stops sharing a page that its host has not pinned",
            "the host, which pinned the page, takes an exception where it looks, and exports it"),
    HOST_ACCESS_IS_NOT_SECURE(
            "secure storage access exception (0x3D)", "the host reaches frames that are not secure, or shared");

    // A record of texts.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Check check;

    UvGuard(String refuses, String holds) {
        this(refuses, holds, "");
    }

    UvGuard(String refuses, String holds, String unneeded) {
        check = new Check(refuses, holds, "Linux, arch/s390/kernel/uv.c", unneeded);
    }

    @Override
    public Check check() {
        return check;
    }
}
