package org.ringfence.machine.pkvm;

/** What a hypercall of a guest answers. Source: Linux, Documentation/virt/kvm/arm/hypercalls.rst. */
public enum GuestStatus {
    SUCCESS(0),
    INVALID_PARAMETER(-3);

    private final int number;

    GuestStatus(int number) {
        this.number = number;
    }

    /** The number in X0. */
    public int number() {
        return number;
    }

    @Override
    public String toString() {
        return "%s (%d)".formatted(name(), number);
    }
}
