package org.ringfence.checker.explore;

/** Someone treats two pages differently that were taken for alike; the message names who. */
public final class PagesToldApart extends RuntimeException {
    private static final long serialVersionUID = 1;

    PagesToldApart(String sentence) {
        super(sentence);
    }
}
