package org.ringfence.cli.ablate;

import org.ringfence.checker.random.Found;
import org.ringfence.machine.operation.Guard;

/** What came of switching one check off. */
public sealed interface Needed {

    /** Which check. */
    Guard guard();

    /** A random sequence breaks an invariant without it. */
    record BySequence(Guard guard, Found found) implements Needed {}

    /**
     * A case of the catalogue comes out otherwise without it.
     *
     * @param what the first expectation that does
     */
    record ByCase(Guard guard, String name, String what) implements Needed {}

    /** Nothing that was tried breaks without it, and its author says why. */
    record ByWord(Guard guard, String reason) implements Needed {}

    /**
     * Nothing that was tried breaks without it.
     *
     * @param all whether everything was tried: no limit and no interrupt came first
     */
    record Nowhere(Guard guard, boolean all) implements Needed {}

    /** Whether something, or someone, tells what the check is for. */
    default boolean isExplained() {
        return switch (this) {
            case BySequence bySequence -> true;
            case ByCase byCase -> true;
            case ByWord byWord -> true;
            case Nowhere nowhere -> false;
        };
    }
}
