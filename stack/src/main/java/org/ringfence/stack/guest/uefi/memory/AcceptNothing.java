package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.operation.Cpu;

/** Where memory needs no accepting. */
public enum AcceptNothing implements AcceptMemory {
    NOTHING;

    @Override
    public void accept(Cpu cpu, long gpa, long size) {
        // Every page can be used as it is.
    }
}
