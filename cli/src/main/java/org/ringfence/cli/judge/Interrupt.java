package org.ringfence.cli.judge;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether someone wants an end: the user by Ctrl-C, or a reader who closed the pipe. */
public final class Interrupt {
    private final AtomicBoolean requested = new AtomicBoolean();

    /** Asks for an end. */
    public void request() {
        requested.set(true);
    }

    /** Whether an end was asked for. */
    public boolean isRequested() {
        return requested.get();
    }
}
