package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.vocabulary.Meaning;

/** What software makes of PVALIDATE's carry flag: the entry had the requested value already. */
public enum CarryFlag {
    @Meaning("An attack or a defect: panic. Linux, COCONUT-SVSM.")
    FATAL,
    @Meaning("Nothing.")
    IGNORED
}
