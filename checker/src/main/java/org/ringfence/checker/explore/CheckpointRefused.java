package org.ringfence.checker.explore;

/** A folder cannot keep a search, or does not hold the search that should go on; the message is a sentence. */
public final class CheckpointRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CheckpointRefused(String sentence) {
        super(sentence);
    }
}
