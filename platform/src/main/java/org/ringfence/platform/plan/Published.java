package org.ringfence.platform.plan;

/**
 * A figure that somebody published, and what the model says to it.
 *
 * @param input whether the model was fitted to it; else it is a prediction
 * @param published in {@code unit}
 * @param atLeast whether the published figure is a lower bound
 * @param modelled in {@code unit}
 * @param source where it stands
 */
public record Published(
        String what, boolean input, double published, boolean atLeast, double modelled, String unit, String source) {

    /** How far the model is off, as a part of the published figure; 0 where it is beyond a lower bound. */
    public double off() {
        double off = modelled / published - 1;
        return atLeast ? Math.min(0, off) : off;
    }
}
