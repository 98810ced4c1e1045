package org.ringfence.stack.guest.lending;

/** What protects the guest: as software finds out when it starts, and Linux keeps in cc_vendor. */
public enum LendingPlatform {
    SEV,
    SNP,
    TDX,
    CCA,
    PKVM,
    S390
}
