package org.ringfence.checker.check;

/** A case's routines do not fit its machine: it is too small for them, or lacks a part that they use. */
public final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    Misfit(String sentence) {
        super(sentence);
    }
}
