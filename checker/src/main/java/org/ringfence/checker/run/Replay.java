package org.ringfence.checker.run;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.Clock;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.Path;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Lawful;
import org.ringfence.machine.vocabulary.Vocabulary;

/**
 * Runs the routines directly along a path that the search found, and compares at each step the operation asked, its
 * result and every word of the state with what the search holds. A difference is a defect of Ringfence and is thrown as
 * such; without one the path is a trace to show.
 */
public final class Replay implements AutoCloseable {
    private final Model model;
    private final Machine machine;
    private final Vocabulary vocabulary;
    private final State state;
    private final List<DirectCpu> cpus = new ArrayList<>();
    private final List<DirectCpu.Said> pending = new ArrayList<>();
    private final List<Layout.Table> shown;
    private final List<Draft> drafts = new ArrayList<>();

    /** A step whose result may still become clearer: what an open answer turns out to be is known at the end. */
    private record Draft(
            String who,
            String operation,
            String result,
            @Nullable Answer answer,
            List<Layout.Change> changes,
            String line) {}

    private Replay(Model model, Machine machine, Vocabulary vocabulary, List<Routine<?>> routines) {
        this.model = model;
        this.vocabulary = vocabulary;
        this.machine = machine;
        this.state = model.initial().snapshot();
        this.shown = model.layout().tables().stream()
                .filter(table -> !table.name().equals(Model.SOFTWARE))
                .toList();
        for (int i = 0; i < routines.size(); i++) {
            DirectCpu cpu = new DirectCpu(model.software().get(i).actor(), routines.get(i));
            cpus.add(cpu);
            pending.add(cpu.listen());
        }
    }

    /**
     * Replays {@code path}.
     *
     * @param vocabulary how operations are written
     * @param routines of the model's actors, in their order
     */
    public static Trace of(
            Model model, Machine machine, Vocabulary vocabulary, List<Routine<?>> routines, Path path) {
        try (Replay replay = new Replay(model, machine, vocabulary, routines)) {
            path.moves().forEach(replay::move);
            return replay.trace();
        }
    }

    private Trace trace() {
        List<Trace.Step> steps = drafts.stream()
                .map(draft -> new Trace.Step(
                        draft.who,
                        draft.operation,
                        draft.answer == null
                                ? draft.result
                                : "%s (for example 0x%X)".formatted(Results.Answers.ANYTHING, draft.answer.witness()),
                        draft.changes,
                        draft.line))
                .toList();
        Layout visible = withoutSoftware();
        return new Trace(steps, standing(), visible.describe(state));
    }

    private List<Trace.Standing> standing() {
        List<Trace.Standing> standing = new ArrayList<>();
        for (int i = 0; i < pending.size(); i++) {
            if (pending.get(i) instanceof DirectCpu.Said.Asks(Operation<?> operation, String line)) {
                standing.add(new Trace.Standing(
                        model.software().get(i).actor().name(), vocabulary.text(operation)));
            }
        }
        return standing;
    }

    private Layout withoutSoftware() {
        Layout all = model.layout();
        return new Layout(shown, all.words(), all.large(), all.frames(), all.framesPerBlock());
    }

    private void move(Path.Move move) {
        Clock.tickAfterwards("a trace is replayed");
        State before = state.snapshot();
        state.forgetObserved();
        int actors = model.software().size();
        if (move.mover() < actors) {
            software(move, before);
        } else {
            family(model.families().get(move.mover() - actors), move, before);
        }
        if (!state.sameWords(move.after())) {
            throw differs("the state after " + drafts.getLast().operation + " has "
                    + model.layout().diff(move.after(), state));
        }
    }

    private void family(Family family, Path.Move move, State before) {
        Operation<?> operation = family.operation(move.arguments());
        Actor actor = family.actor();
        long outcome = operation.on(machine, actor).take(state);
        if (outcome == Outcome.WAITS) {
            throw differs("%s by %s waits when performed alone".formatted(vocabulary.text(operation), actor));
        }
        // A call that fails is a move too where it leaves something behind, and so is one that does not come back.
        String result = outcome > 0 ? operation.results().print(outcome) : "";
        drafts.add(new Draft(
                actor.name(), vocabulary.text(operation), result, null, withoutSoftware().diff(before, state), ""));
    }

    private void software(Path.Move move, State before) {
        SoftwareMover mover = model.software().get(move.mover());
        int index = mover.actor().index();
        if (!(pending.get(move.mover()) instanceof DirectCpu.Said.Asks(Operation<?> operation, String asked))) {
            throw differs("%s has ended: %s".formatted(mover.actor(), pending.get(move.mover())));
        }
        String line = operation instanceof Lawful<?>(var performed, String place) && !place.isEmpty() ? place : asked;
        int point = mover.point().get(state, index);
        Operation<?> expected = mover.software().operation(point);
        if (!operation.equals(expected)) {
            throw differs(
                    "%s asks for %s at %s, the search has %s".formatted(
                            mover.actor(), vocabulary.text(operation), line,
                            expected == null ? "nothing" : vocabulary.text(expected)));
        }
        long code = perform(mover, operation, move.arguments());
        if (code < 0) {
            drafts.add(new Draft(
                    mover.actor().name(),
                    vocabulary.text(operation),
                    SoftwareMover.printed((int) code),
                    null,
                    withoutSoftware().diff(before, state),
                    line));
            return;
        }
        mover.point().set(state, index, mover.software().next(point, code));
        List<Layout.Change> changes = withoutSoftware().diff(before, state);
        DirectCpu cpu = cpus.get(move.mover());
        cpu.answer(code);
        DirectCpu.Said said = cpu.listen();
        pending.set(move.mover(), said);
        agrees(mover, said);
        String result = operation.results().print(code);
        Answer answer =
                result.equals(Results.Answers.ANYTHING) && cpu.lastResult() instanceof Answer given ? given : null;
        drafts.add(new Draft(mover.actor().name(), vocabulary.text(operation), result, answer, changes, line));
        switch (said) {
            case DirectCpu.Said.Panicked(String reason) ->
                drafts.add(new Draft(mover.actor().name(), "panic", reason, null, List.of(), ""));
            case DirectCpu.Said.Failed(Throwable thrown) ->
                throw new IllegalStateException(mover.actor() + " threw when run directly", thrown);
            case DirectCpu.Said.Asks asks -> {}
            case DirectCpu.Said.Returned returned -> {}
        }
    }

    /** What a routine does next must be what the point says that it has come to. */
    private void agrees(SoftwareMover mover, DirectCpu.Said said) {
        Software software = mover.software();
        int point = mover.point().get(state, mover.actor().index());
        boolean same =
                switch (said) {
                    case DirectCpu.Said.Asks(Operation<?> operation, String line) ->
                        operation.equals(software.operation(point));
                    case DirectCpu.Said.Returned returned -> software.end(point) == Software.End.DONE;
                    case DirectCpu.Said.Panicked(String reason) ->
                        software.end(point) == Software.End.PANIC && software.reason(point).equals(reason);
                    case DirectCpu.Said.Failed failed -> true;
                };
        if (!same) {
            throw differs("%s goes on as %s, the search has %s %s"
                    .formatted(mover.actor(), said, software.operation(point), software.end(point)));
        }
    }

    /** Performs an operation of software as the search does; answers the result's code, or that it left its CPU. */
    private long perform(SoftwareMover mover, Operation<?> operation, int expected) {
        Cpus table = mover.cpus();
        int index = mover.actor().index();
        if (table != null && table.status().get(state, index) == Cpus.Status.ANSWERED) {
            return same(operation, table.takeAnswer(state, index), expected);
        }
        long outcome = operation.on(machine, mover.actor()).take(state);
        if (outcome == Outcome.WAITS) {
            throw differs(vocabulary.text(operation) + " waits when performed alone");
        }
        if (outcome == Outcome.EXITS || outcome == Outcome.CALLS) {
            boolean exits = outcome == Outcome.EXITS;
            java.util.Objects.requireNonNull(table)
                    .status()
                    .set(state, index, exits ? Cpus.Status.EXITED : Cpus.Status.CALLING);
            return same(operation, exits ? SoftwareMover.EXITED : SoftwareMover.CALLED, expected);
        }
        if (outcome == Outcome.STAYS) {
            return same(operation, SoftwareMover.BEGUN, expected);
        }
        return Outcome.choices(outcome) > 0 ? expected : same(operation, outcome, expected);
    }

    /** A path keeps the lower half of a code, which for a value may be less than all of it. */
    private static long same(Operation<?> operation, long code, int expected) {
        if ((int) code != expected) {
            throw differs("%s ends with %d, the search has %d".formatted(Form.text(operation), code, expected));
        }
        return code;
    }

    private static IllegalStateException differs(String sentence) {
        return new IllegalStateException("replay differs from the search, a defect of Ringfence: " + sentence);
    }

    @Override
    public void close() {
        cpus.forEach(DirectCpu::close);
    }
}
