package org.ringfence.machine.sev;

import org.ringfence.machine.operation.Guard;

/**
 * Checks of the SEV firmware, without an RMP, that can be switched off. The firmware's functions bear the names of the
 * commands.
 */
public enum SevGuard implements Guard {
    INIT_PLATFORM_IS_UNINIT("INVALID_PLATFORM_STATE", "INIT comes once, before everything else", "INIT"),
    LAUNCH_START_PLATFORM_IS_INITIALISED("INVALID_PLATFORM_STATE", "LAUNCH_START comes after INIT", "LAUNCH_START"),
    GUEST_PLATFORM_IS_WORKING(
            "INVALID_PLATFORM_STATE",
            "commands about a guest come where there is one", "every command of a guest",
            "where the platform is not WORKING there is no guest, and the command answers INVALID_GUEST instead"),
    ACTIVATE_ASID_IS_FREE("ASID_OWNED", "ACTIVATE names an ASID that no guest has", "ACTIVATE"),
    ACTIVATE_GUEST_IS_INACTIVE("ACTIVE", "ACTIVATE is for a guest without an ASID", "ACTIVATE"),
    ACTIVATE_ASID_IS_CLEAN(
            "DF_FLUSH_REQUIRED", "ACTIVATE finds no CCX where the ASID was used and that was not flushed since",
            "ACTIVATE"),
    DF_FLUSH_FOLLOWS_WBINVD("WBINVD_REQUIRED",
            "DF_FLUSH finds that every core has run WBINVD since the last DEACTIVATE", "DF_FLUSH"),
    DECOMMISSION_GUEST_IS_INACTIVE("ACTIVE", "DECOMMISSION is for a guest without an ASID", "DECOMMISSION"),
    LAUNCH_UPDATE_GUEST_IS_LAUNCHED("INVALID_GUEST_STATE",
            "LAUNCH_UPDATE_DATA comes between LAUNCH_START and _MEASURE", "LAUNCH_UPDATE_DATA"),
    LAUNCH_UPDATE_GUEST_IS_ACTIVE(
            "INACTIVE", "LAUNCH_UPDATE_DATA encrypts with the key of an ASID", "LAUNCH_UPDATE_DATA"),
    LAUNCH_UPDATE_PAGE_IS_FIRMWARES(
            "INVALID_PAGE_STATE",
            "once SNP is initialised, LAUNCH_UPDATE_DATA writes Firmware and Default pages only", "LAUNCH_UPDATE_DATA",
            "no machine of this platform has an RMP; on one that has, the check keeps LAUNCH_UPDATE_DATA off the pages of SNP guests"),
    LAUNCH_MEASURE_GUEST_IS_LAUNCHED(
            "INVALID_GUEST_STATE", "LAUNCH_MEASURE comes once, between LAUNCH_START and _FINISH", "LAUNCH_MEASURE"),
    LAUNCH_FINISH_GUEST_IS_MEASURED("INVALID_GUEST_STATE", "LAUNCH_FINISH comes after LAUNCH_MEASURE", "LAUNCH_FINISH");

    // A record of texts.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Check check;

    SevGuard(String refuses, String holds, String source) {
        this(refuses, holds, source, "");
    }

    SevGuard(String refuses, String holds, String source, String unneeded) {
        check = new Check(refuses, holds, "SEV firmware, sev_mcmd.c, " + source, unneeded);
    }

    @Override
    public Check check() {
        return check;
    }
}
