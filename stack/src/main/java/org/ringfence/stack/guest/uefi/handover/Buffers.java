package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.vocabulary.Meaning;

/** Which buffers drivers map. */
public enum Buffers {
    @Meaning("Common buffers.")
    COMMON,
    @Meaning("Buffers for one transfer, which are bounced.")
    BOUNCED
}
