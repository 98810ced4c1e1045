package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Principal;

/** The symbolic contents of a page: enough to tell apart whose it is, and older from newer. */
public enum Value {
    /** Zeroes. */
    ZERO,
    /** What the host put there: its own data, of no secrecy. */
    HOST,
    /** What the launch put there and measured. */
    LAUNCH,
    /** What the guest wrote first: a secret of the guest (or of its monitor). */
    DATA,
    /** What the guest wrote later: a secret too. */
    NEWER,
    /** What the inner guest wrote: a secret from the host, none from the monitor. */
    INNER;

    /** Whether {@code observer} must not see this value. */
    public boolean isSecretFrom(Principal observer) {
        return switch (observer) {
            case HOST, VMM, DEVICE, BUS -> this == DATA || this == NEWER || this == INNER;
            case INNER_GUEST -> this == DATA || this == NEWER;
            case GUEST, HARDWARE -> false;
        };
    }
}
