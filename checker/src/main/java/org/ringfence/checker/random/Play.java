package org.ringfence.checker.random;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;

/**
 * One sequence as it is played on a stage. Each turn queues an operation for its actor, and the actor then attempts the
 * first that it has not finished: an actor that has left for the host repeats its operation when the host has resumed
 * it, as software does, and one whose operation waits stays before it. So a sequence is what scripts of the actors do
 * in one order of their steps.
 *
 * <p>Nothing is allocated while playing.
 */
final class Play {
    /** The turn broke nothing. */
    static final int WELL = 0;

    /** The turn broke a judged property: see {@link #broken()}. */
    static final int BROKEN = 1;

    /** Its actor does not allow itself the operation. */
    static final int REFRAINED = 2;

    /** The operation is not enabled. */
    static final int WAITED = 3;

    /** The last code that is counted by itself. */
    static final int LAST_CODE = 62;

    private final Stage stage;
    private final State state;
    private final State before;
    private final int[][] queue;
    private final int[] queued;
    private final int[] done;
    private final long @Nullable [][] outcomes;
    private long marks;
    private int useful;
    private @Nullable RuntimeException thrown;

    /**
     * @param turns the most that a sequence has
     * @param outcomes for each kind of acts, how many ended with each result's code, those above {@value #LAST_CODE} as
     *     one; null when nobody wants to know
     */
    Play(Stage stage, int turns, long @Nullable [][] outcomes) {
        this.stage = stage;
        this.state = stage.initial().snapshot();
        this.before = stage.initial().snapshot();
        this.queue = new int[stage.cast().size()][turns];
        this.queued = new int[stage.cast().size()];
        this.done = new int[stage.cast().size()];
        this.outcomes = outcomes;
    }

    /** Begins anew. */
    void restart() {
        thrown = null;
        state.restore(stage.initial());
        state.forgetObserved();
        Arrays.fill(queued, 0);
        Arrays.fill(done, 0);
    }

    State state() {
        return state;
    }

    /** Whether {@code actor} is at an operation that it has not finished. */
    boolean isBusy(int actor) {
        return done[actor] < queued[actor];
    }

    /** Whether {@code actor} is with the host and can do nothing. */
    boolean isAway(int actor) {
        Cpus cpus = stage.cpus();
        return cpus != null && cpus.isWithHost(state, actor);
    }

    /** A turn of the actor of {@code act}, to which this operation falls in addition. */
    int turn(int act) {
        int actor = stage.acts()[act].actor().index();
        queue[actor][queued[actor]++] = act;
        return again(actor);
    }

    /** Takes back what {@link #turn} queued last for {@code actor}, which has refrained from it or waits. */
    void dequeue(int actor) {
        queued[actor]--;
    }

    /** The act that the last turn has finished and by which it has changed something; -1 when it has not. */
    int useful() {
        return useful;
    }

    /** A turn of {@code actor}, which goes on with what it is at. */
    int again(int actor) {
        useful = -1;
        if (!isBusy(actor)) {
            return WELL;
        }
        Cpus cpus = stage.cpus();
        if (cpus != null) {
            int status = cpus.status().ordinal(state, actor);
            if (status == Cpus.Status.ANSWERED.ordinal()) {
                cpus.takeAnswer(state, actor);
                done[actor]++;
                return WELL;
            }
            if (status != Cpus.Status.RUNNING.ordinal()) {
                return WELL;
            }
        }
        return attempt(stage.acts()[queue[actor][done[actor]]]);
    }

    private int attempt(Stage.Act act) {
        if (!act.allowed().holds(state)) {
            return REFRAINED;
        }
        int actor = act.actor().index();
        before.restore(state);
        state.forgetObserved();
        long outcome;
        try {
            outcome = act.step().take(state);
        } catch (RuntimeException defect) {
            thrown = defect;
            return BROKEN;
        }
        if (outcome == Outcome.WAITS) {
            if (!state.sameWords(before)) {
                thrown = new IllegalStateException(
                        "%s waits and changes the state".formatted(Form.text(act.operation())));
                return BROKEN;
            }
            return WAITED;
        }
        if (outcome == Outcome.EXITS || outcome == Outcome.CALLS) {
            Cpus cpus = Objects.requireNonNull(stage.cpus(), "an operation exits");
            cpus.status().set(
                    state, actor, outcome == Outcome.EXITS ? Cpus.Status.EXITED : Cpus.Status.CALLING);
        } else if (outcome != Outcome.STAYS) {
            done[actor]++;
            if (outcomes != null) {
                outcomes[act.kind()][(int) Math.min(outcome, LAST_CODE)]++;
            }
        }
        boolean changed = !state.sameWords(before);
        if (changed && (outcome >= 0 || Outcome.choices(outcome) > 0)) {
            useful = act.index();
        }
        return judge(act, changed);
    }

    private int judge(Stage.Act act, boolean changed) {
        marks = state.observed();
        if (changed) {
            for (Invariant invariant : stage.invariants()) {
                marks |= invariant.judge(state);
            }
            marks |= stage.laws().judge(before, act.actor(), act.operation(), state);
        }
        return (marks & stage.watched()) == 0 ? WELL : BROKEN;
    }

    /** What the last turn broke; null when an operation threw instead. */
    @Nullable
    Property broken() {
        if (thrown != null) {
            return null;
        }
        for (Property property : Property.values()) {
            if (stage.scene().judged().contains(property) && property.isBrokenIn(marks)) {
                return property;
            }
        }
        throw new IllegalStateException("nothing is broken");
    }

    /** What the last turn threw, a defect; null when it did not. */
    @Nullable
    RuntimeException thrown() {
        return thrown;
    }

    /** Operations of {@code actor} that were begun: those done, and the one it is at. */
    int[] begun(int actor) {
        return Arrays.copyOf(queue[actor], Math.min(queued[actor], done[actor] + 1));
    }

    /** What is hurt in the present state, in words; empty when no invariant tells. */
    String hurt() {
        for (Invariant invariant : stage.invariants()) {
            if ((invariant.judge(state) & stage.watched()) != 0) {
                return invariant.hurt(state);
            }
        }
        return "";
    }
}
