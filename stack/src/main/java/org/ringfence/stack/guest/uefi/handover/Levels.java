package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.vocabulary.Meaning;

/** At which level the drivers' handlers are. The IOMMU driver's is at TPL_CALLBACK. */
public enum Levels {
    @Meaning("At TPL_CALLBACK, 8.")
    CALLBACK,
    @Meaning("At TPL_NOTIFY, 16.")
    NOTIFY,
    @Meaning("Each at either.")
    ANY
}
