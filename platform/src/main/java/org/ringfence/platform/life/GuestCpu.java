package org.ringfence.platform.life;

import org.ringfence.machine.operation.Operation;

/** A vCPU on its host. */
interface GuestCpu {
    /** The guest performs an operation, and the host serves it until it is done: the code of its result. */
    long guest(Operation<?> operation);
}
