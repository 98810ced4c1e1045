package org.ringfence.checker.explore;

/** Software treats two frames differently, so they are not interchangeable; the message names the line. */
public final class FramesToldApart extends RuntimeException {
    private static final long serialVersionUID = 1;

    public FramesToldApart(String sentence) {
        super(sentence);
    }
}
