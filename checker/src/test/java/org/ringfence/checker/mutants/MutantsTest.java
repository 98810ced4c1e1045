package org.ringfence.checker.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.TypeKind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each seeded defect of the engine is caught; the engine as it is, is not. */
class MutantsTest {
    private static final String EXPLORE = "org.ringfence.checker.explore.";
    private static final String LEARN = "org.ringfence.checker.learn.";
    private static final String OPERATION = "org.ringfence.machine.operation.";
    private static final String STATE = "org.ringfence.machine.state.";
    private static final String TAKE = "(L" + (OPERATION + "Step;L" + STATE + "State;").replace('.', '/') + ")J";
    private static final String FIELD = ("L" + STATE + "Enumerated;L" + STATE + "State;").replace('.', '/');
    private static final String SOFTWARE = ("L" + EXPLORE + "Software;").replace('.', '/');

    /** Models tried, and states of one at most. */
    private static final int MODELS = 400;

    private static final int MOST = 300;

    /** How a defect is looked for. */
    enum Check {
        RANDOM_ROUTINES,
        FINGERPRINT_SET,
        PARENT_LOG,
        FRAME_SYMMETRY
    }

    record Mutant(String defect, Check check, List<Mutation> mutations) {
        Mutant(String defect, Mutation... mutations) {
            this(defect, Check.RANDOM_ROUTINES, List.of(mutations));
        }

        @Override
        public String toString() {
            return defect;
        }
    }

    static List<Mutant> mutants() {
        String mover = EXPLORE + "SoftwareMover";
        return List.of(
                new Mutant("the latch is dropped", new Mutation.Emptied(LEARN + "RunOnce", "latch")),
                new Mutant(
                        "an exit's state change is forgotten",
                        new Mutation.Call(mover, "each", "Step.take", "takeForgettingExits", TAKE)),
                new Mutant(
                        "points are merged by their operation alone",
                        new Mutation.Answers(LEARN + "Partition", "of", TypeKind.REFERENCE, 0)),
                new Mutant(
                        "a fingerprint leaves out the point",
                        new Mutation.Call(
                                EXPLORE + "Worker", "<init>", "Software.isComplete", "incomplete",
                                "(" + SOFTWARE + ")Z"),
                        new Mutation.Call(EXPLORE + "Worker", "represent", "Software.key", "noKey",
                                "(" + SOFTWARE + "I)J")),
                new Mutant(
                        "points learned lazily have one key",
                        new Mutation.Call(EXPLORE + "Worker", "represent", "Software.key", "noKey",
                                "(" + SOFTWARE + "I)J")),
                new Mutant(
                        "recent duplicates are compared by some bits only",
                        new Mutation.Compare(EXPLORE + "Recent", "has", "compareSomeBits"),
                        new Mutation.Compare(EXPLORE + "Recent", "drop", "compareSomeBits")),
                new Mutant(
                        "the frontier loses a state",
                        new Mutation.Answer(EXPLORE + "Frontier", "size", "oneLess", "(J)J")),
                new Mutant(
                        "a choice takes only the first",
                        new Mutation.Call(mover, "leave", "Outcome.choices", "atMostOneChoice", "(J)I")),
                new Mutant(
                        "again loses its arguments",
                        new Mutation.Field(
                                LEARN + "RunOnce", "become", "Objects.requireNonNull", "scope", OPERATION + "Routine")),
                new Mutant(
                        "symmetry does not rename points",
                        new Mutation.Answers(EXPLORE + "FrameSymmetry", "renamedPoint", TypeKind.INT, 2)),
                new Mutant(
                        "symmetry overlooks that blocks look alike",
                        Check.FRAME_SYMMETRY,
                        List.of(new Mutation.Answer(EXPLORE + "FrameSymmetry", "order", "no", "(Z)Z"))),
                new Mutant(
                        "symmetry overlooks that frames name frames",
                        Check.FRAME_SYMMETRY,
                        List.of(new Mutation.Answer(EXPLORE + "FrameSymmetry", "sign", "no", "(Z)Z"))),
                new Mutant(
                        "parents are off by one",
                        new Mutation.Answer(EXPLORE + "ParentLog", "parent", "theOneBefore", "(J)J")),
                new Mutant(
                        "parents are off by one, in the log itself",
                        Check.PARENT_LOG,
                        List.of(new Mutation.Answer(EXPLORE + "ParentLog", "parent", "theOneBefore", "(J)J"))),
                new Mutant(
                        "an ordinal loses bits",
                        new Mutation.Answer(EXPLORE + "ParentLog", "ordinal", "lowestBit", "(I)I")),
                new Mutant(
                        "the breach shown is the longest",
                        new Mutation.Answer(EXPLORE + "Worker$Breach", "compareTo", "reversed", "(I)I")),
                new Mutant(
                        "an operation that waits is done",
                        new Mutation.Call(mover, "each", "Step.take", "takeWithoutWaiting", TAKE)),
                new Mutant(
                        "an actor with the host goes on",
                        new Mutation.Call(mover, "each", "Enumerated.ordinal", "running", "(" + FIELD + "I)I")),
                new Mutant(
                        "an answer is taken twice",
                        new Mutation.Call(
                                OPERATION + "Cpus", "takeAnswer", "Enumerated.set", "setNothing",
                                "(" + FIELD + "ILjava/lang/Enum;)V")),
                new Mutant(
                        "growing the table puts entries beside their slots",
                        Check.FINGERPRINT_SET,
                        List.of(new Mutation.Call(
                                EXPLORE + "FingerprintSet", "home", "Math.unsignedMultiplyHigh", "besideIt", "(JJ)J"))),
                new Mutant(
                        "an exact state is found again wrongly",
                        new Mutation.Answer(STATE + "Fingerprint", "unmix", "otherBit", "(J)J")),
                new Mutant(
                        "an answer is asked for what cannot be",
                        new Mutation.Answer(OPERATION + "OpenAnswer", "satisfiable", "yes", "(Z)Z")),
                new Mutant(
                        "progress overlooks successors",
                        new Mutation.Answer(EXPLORE + "Progress", "someSuccessorReaches", "no", "(Z)Z")),
                new Mutant(
                        "breaches by moves are overlooked",
                        new Mutation.Answer(OPERATION + "Successors", "breaches", "none", "(I)I")));
    }

    private static String difference(MutantLoader loader, Check check) {
        return switch (check) {
            case RANDOM_ROUTINES ->
                loader.call(
                        "org.ringfence.checker.differential.Comparison", "firstDifference", 5_000_000L, MODELS, MOST);
            case FINGERPRINT_SET -> loader.call(EXPLORE + "Parts", "fingerprintSetDiffers", false, 50_000);
            case PARENT_LOG -> loader.call(EXPLORE + "Parts", "parentLogDiffers", 300);
            case FRAME_SYMMETRY -> loader.call(EXPLORE + "Parts", "frameSymmetryDiffers", 2_000);
        };
    }

    @ParameterizedTest
    @MethodSource("mutants")
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void eachSeededDefectIsCaught(Mutant mutant) {
        MutantLoader loader = new MutantLoader(mutant.mutations());

        String difference = difference(loader, mutant.check());

        assertThat(loader.places.get())
                .as("places changed; none when the engine's code is no longer what this mutation changes")
                .isGreaterThanOrEqualTo(mutant.mutations().size());
        assertThat(difference).as("what shows that %s", mutant).isNotEmpty();
        System.out.printf("%s: %s%n", mutant, difference.lines().findFirst().orElse(""));
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theEngineAsItIsDiffersInNothing() {
        for (Check check : Check.values()) {
            assertThat(difference(new MutantLoader(List.of()), check)).as("%s", check).isEmpty();
        }
    }
}
