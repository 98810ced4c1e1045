package org.ringfence.machine.sev;

import org.ringfence.machine.operation.Faulting;

/** How a write by the host ends. */
public enum HostStored implements Faulting {
    /** The contents are there. */
    STORED("stored"),
    /**
     * A #PF of the host with error code bit 31: the frame is assigned, or a frame of its 2M is and the write went
     * through a 2M mapping.
     */
    PAGE_FAULT_RMP("#PF RMP (error code bit 31)");

    /** The error code of {@link #PAGE_FAULT_RMP}, without the bits that follow the access. */
    public static final long ERROR_CODE = 1L << 31;

    private final String printed;

    HostStored(String printed) {
        this.printed = printed;
    }

    @Override
    public String toString() {
        return printed;
    }

    @Override
    public boolean isFault() {
        return this != STORED;
    }
}
