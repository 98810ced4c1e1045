package org.ringfence.stack.guest.uefi.event;

import org.ringfence.machine.operation.Cpu;

/** A notification function, with its context: a record. */
public interface Notification {

    /** Runs at its event's level. */
    void notify(Cpu cpu, EventServices services, int event);
}
