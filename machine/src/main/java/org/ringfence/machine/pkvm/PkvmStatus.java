package org.ringfence.machine.pkvm;

/** What a hypercall of the host answers: 0, or an error number of Linux. */
public enum PkvmStatus {
    SUCCESS(0),
    /** Pages are not in the state that the call needs. */
    EPERM(-1),
    /** Nothing is mapped there. */
    ENOENT(-2),
    /** The host has the page already: it may try its access again. */
    EAGAIN(-11),
    /** The pool of page-table pages is empty. */
    ENOMEM(-12),
    /** The hypervisor uses the page. */
    EBUSY(-16),
    EINVAL(-22);

    private final int number;

    PkvmStatus(int number) {
        this.number = number;
    }

    /** The number that is returned. */
    public int number() {
        return number;
    }

    @Override
    public String toString() {
        return "%s (%d)".formatted(name(), number);
    }
}
