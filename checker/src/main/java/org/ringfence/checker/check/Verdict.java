package org.ringfence.checker.check;

import org.ringfence.checker.run.Trace;

/** What a check says of one property under one threat model. */
public sealed interface Verdict {
    /**
     * It can be broken, and this is a shortest way to.
     *
     * @param hurt the page or the operation that it shows at
     */
    record Violated(Trace trace, String hurt) implements Verdict {}

    /** Every reachable state was explored and none breaks it; it was put to the test. */
    record Safe() implements Verdict {}

    /** The search ended before that; {@code limit} says why. */
    record Inconclusive(String limit) implements Verdict {}

    /** Every reachable state was explored, and nothing ever put it to the test. */
    record Vacuous() implements Verdict {}

    /** The name in reports. */
    default String printed() {
        return switch (this) {
            case Violated violated -> "violated";
            case Safe safe -> "safe";
            case Inconclusive inconclusive -> "inconclusive";
            case Vacuous vacuous -> "vacuous";
        };
    }
}
