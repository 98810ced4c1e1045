package org.ringfence.machine.vocabulary;

/** A text is no operation: one sentence with what is allowed. */
public final class NoSuchOperation extends Exception {
    private static final long serialVersionUID = 1;

    private final String sentence;

    NoSuchOperation(String sentence) {
        super(sentence);
        this.sentence = sentence;
    }

    /** What is wrong and what is allowed. */
    public String sentence() {
        return sentence;
    }
}
