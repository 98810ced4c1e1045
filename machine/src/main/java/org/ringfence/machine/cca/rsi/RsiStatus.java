package org.ringfence.machine.cca.rsi;

/** What a command of the RSI answers in X0. Source: RMM specification 1.0. */
public enum RsiStatus {
    RSI_SUCCESS(0),
    RSI_ERROR_INPUT(1);

    private final int x0;

    RsiStatus(int x0) {
        this.x0 = x0;
    }

    /** The number in X0. */
    public int x0() {
        return x0;
    }

    @Override
    public String toString() {
        return "%s (0x%X)".formatted(name(), x0);
    }
}
