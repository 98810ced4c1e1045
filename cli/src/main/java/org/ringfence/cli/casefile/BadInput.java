package org.ringfence.cli.casefile;

import java.util.List;

/** Input that cannot be used. */
public final class BadInput extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    /** With what is wrong. */
    public BadInput(Problem problem) {
        this(List.of(problem));
    }

    /** With all that is wrong, one thing at least. */
    public BadInput(List<Problem> problems) {
        super(problems.getFirst().toString());
        this.problems = List.copyOf(problems);
    }

    /** What is wrong first, and where. */
    public Problem problem() {
        return problems.getFirst();
    }

    /** All that is wrong. */
    public List<Problem> problems() {
        return problems;
    }
}
