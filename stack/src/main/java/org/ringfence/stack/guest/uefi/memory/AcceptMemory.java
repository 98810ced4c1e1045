package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.operation.Cpu;

/** How the firmware accepts memory on a protection: EDKII_MEMORY_ACCEPT_PROTOCOL; a record or an enum. */
public interface AcceptMemory {

    /**
     * Accepts memory.
     *
     * @param gpa of its first byte
     * @param size in bytes, whole pages
     */
    void accept(Cpu cpu, long gpa, long size);
}
