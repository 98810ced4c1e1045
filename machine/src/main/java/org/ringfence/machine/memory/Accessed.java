package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Faulting;

/** How an instruction on memory ended for software that has no protected guest's keys. */
public enum Accessed implements Faulting {
    /** It is done. */
    DONE("done"),
    /** It consumed poison. */
    MACHINE_CHECK("#MC"),
    /** It is not permitted: its KeyID is private to the trusted module, or what protects the frame refuses. */
    FAULT("fault");

    private final String printed;

    Accessed(String printed) {
        this.printed = printed;
    }

    @Override
    public String toString() {
        return printed;
    }

    @Override
    public boolean isFault() {
        return this != DONE;
    }
}
