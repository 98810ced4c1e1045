package org.ringfence.stack.host.kvm.creation;

/** What KVM answers a request for AP creation. */
public enum ApCreated {
    /** SW_EXITINFO1 and 2 are 0. */
    OK(0),
    /** SW_EXITINFO1 is 2, and SW_EXITINFO2 is GHCB_ERR_INVALID_INPUT. */
    INVALID_INPUT(5);

    private final int number;

    ApCreated(int number) {
        this.number = number;
    }

    /** SW_EXITINFO2. */
    public int number() {
        return number;
    }

    @Override
    public String toString() {
        return this == OK ? "OK" : "GHCB_ERR_INVALID_INPUT (%d)".formatted(number);
    }
}
