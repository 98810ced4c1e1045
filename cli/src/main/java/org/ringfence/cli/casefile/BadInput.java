package org.ringfence.cli.casefile;

/** Input that cannot be used. */
public final class BadInput extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    /** With what is wrong. */
    public BadInput(Problem problem) {
        super(problem.toString());
        this.problem = problem;
    }

    /** What is wrong, and where. */
    public Problem problem() {
        return problem;
    }
}
