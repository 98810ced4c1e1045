package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.vocabulary.Meaning;

/** What the operating system makes of memory that boot services had, all of which it maps with C-bit 1, or private. */
public enum OperatingSystem {
    @Meaning("It does not touch it.")
    IDLE,
    @Meaning("It trusts that all is private, and reuses pages when it needs them.")
    TRUSTS,
    @Meaning("It rewrites every page through its own mapping, before anything else.")
    REWRITES
}
