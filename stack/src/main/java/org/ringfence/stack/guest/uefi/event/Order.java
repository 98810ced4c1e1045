package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.vocabulary.Meaning;

/** In which order notification functions of one level run. Levels themselves always run from the highest down. */
public enum Order {
    @Meaning("As edk2 does it: the members of a group are queued in reverse order of their creation, queues are "
            + "FIFO.")
    EDK2,
    @Meaning("What the specification leaves open: the members of a group are queued in any order. The queue of a "
            + "level is first in, first out.")
    ANY_SIGNALLING,
    @Meaning("What no specification allows: any function that is queued at the highest level may run next.")
    ANY_DISPATCH
}
