package org.ringfence.stack.guest.acceptance;

/** What software makes of PVALIDATE's carry flag: the entry had the requested value already. */
public enum CarryFlag {
    /** An attack or a defect: panic. Linux, COCONUT-SVSM. */
    FATAL,
    /** Nothing. */
    IGNORED
}
