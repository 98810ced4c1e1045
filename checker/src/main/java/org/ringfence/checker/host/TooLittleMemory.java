package org.ringfence.checker.host;

/** The Java heap cannot hold the machine. */
public final class TooLittleMemory extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooLittleMemory(String sentence) {
        super(sentence, null, false, false);
    }
}
