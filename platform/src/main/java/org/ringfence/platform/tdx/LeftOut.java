package org.ringfence.platform.tdx;

import java.util.List;

/** What of Intel TDX no platform here has. */
final class LeftOut {
    static final List<String> OF_TDX = List.of(
            "Migration: TDH.EXPORT.*, TDH.IMPORT.*, TDH.MIG.*, service TDs, and the states of entries that only they make.",
            "TD-preserving update of the module: TDH.SYS.UPDATE, and what TDH.SYS.SHUTDOWN keeps for it.",
            "TDX Connect: devices that a TD trusts, and their IOMMU tables.",
            "Dynamic PAMT (option dynamic-pamt, or module: dynamic-pamt of tdx-module), of it TDH.PHYMEM.PAGE.RDMD of 2M and 1G and of PAMT pages, and TDX_INTERRUPTED_PAMT, which belongs to migration.",
            "Interrupts between the steps of a leaf, but for TDG.MEM.PAGE.ACCEPT of 2M and TDH.PHYMEM.CACHE.WB. With the option steps a leaf on a TD that software calls takes its locks in one step and commits in another; else, and where somebody malicious calls it, it is one step. So are leaves of the module as a system, but for TDH.SYS.KEY.CONFIG where the option long-key-config says so.",
            "Single-step mitigation, #VE for a suspected zero-step attack, and host priority on locks of pages.",
            "Metadata by field (TDH.MNG.RD and WR, TDH.VP.RD and WR, TDG.VM.RD and WR), attestation, RTMRs, CPUID and MSRs.");

    private LeftOut() {}
}
