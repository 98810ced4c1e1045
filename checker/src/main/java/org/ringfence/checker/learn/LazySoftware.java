package org.ringfence.checker.learn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.FrameSwap;
import org.ringfence.checker.explore.FramesToldApart;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.state.Fingerprint;
import org.ringfence.machine.vocabulary.Form;

/**
 * Software learned as the search meets it. Its points are histories, so none are merged: the search sees every
 * reachable state of the machine, and some of them at more points than {@link CompleteSoftware} would tell apart.
 */
public final class LazySoftware implements Software {
    private final Budget budget;
    private final String why;
    private final Map<Frame, Integer> numbers = new HashMap<>();
    private volatile Point[] points = new Point[64];
    private volatile int size;

    /** A history of one scope. */
    private static final class History {
        final Routine<?> routine;
        final List<Entry> entries;
        final Reached reached;
        final long key;
        final Map<Entry, History> longer = new HashMap<>();

        History(Routine<?> routine, List<Entry> entries, Reached reached, long key) {
            this.routine = routine;
            this.entries = entries;
            this.reached = reached;
            this.key = key;
        }
    }

    /** A history and where its caller waits. */
    private record Frame(History history, @Nullable Frame caller, int depth) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Frame(History h, Frame c, int d) && h == history
                    && (c == caller || c != null && c.equals(caller));
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(history) + (caller == null ? 0 : caller.hashCode());
        }

        long key() {
            return Fingerprint.combine(history.key, caller == null ? 0 : caller.key());
        }
    }

    private record Point(
            @Nullable Frame frame,
            @Nullable Operation<?> operation,
            @Nullable End end,
            String reason,
            String line,
            long key,
            int from,
            long by,
            Map<Long, Integer> next) {}

    private final Map<Routine<?>, History> roots = new HashMap<>();
    private final Map<String, Integer> ends = new HashMap<>();

    LazySoftware(Routine<?> routine, Budget budget, String why) {
        this.budget = budget;
        this.why = why;
        number(new Frame(root(routine), null, 0), -1, 0);
    }

    /** Why this was not learned to the end beforehand. */
    public String why() {
        return why;
    }

    @Override
    public int points() {
        return size;
    }

    @Override
    public int mostPoints() {
        return budget.points();
    }

    @Override
    public boolean isComplete() {
        return false;
    }

    @Override
    public @Nullable Operation<?> operation(int point) {
        return points[point].operation;
    }

    @Override
    public @Nullable End end(int point) {
        return points[point].end;
    }

    @Override
    public String reason(int point) {
        return points[point].reason;
    }

    @Override
    public long key(int point) {
        return points[point].key;
    }

    @Override
    public List<String> lines(int point) {
        return points[point].line.isEmpty() ? List.of() : List.of(points[point].line);
    }

    @Override
    public synchronized int next(int point, long code) {
        Point here = points[point];
        Integer known = here.next.get(code);
        if (known != null) {
            return known;
        }
        Frame frame = here.frame;
        Operation<?> operation = here.operation;
        if (frame == null || operation == null) {
            throw new IllegalStateException("point " + point + " has ended");
        }
        History longer = longer(frame.history, new Entry.Did(operation, code));
        int next = number(new Frame(longer, frame.caller, frame.depth), point, code);
        here.next.put(code, next);
        return next;
    }

    private History root(Routine<?> routine) {
        return roots.computeIfAbsent(
                routine, fresh -> history(fresh, List.of(), text(ContentText.of(fresh))));
    }

    private History longer(History history, Entry entry) {
        History known = history.longer.get(entry);
        if (known != null) {
            return known;
        }
        List<Entry> entries = new ArrayList<>(history.entries);
        entries.add(entry);
        if (entries.size() > budget.operations()) {
            throw new RoutineRefused(
                    "%s asks for more than %,d operations in one run, at %s: a loop without a fixed bound must end by cpu.again(...)"
                            .formatted(
                                    history.routine.getClass().getSimpleName(),
                                    budget.operations(),
                                    history.reached instanceof Reached.Asks(var operation, String line) ? line
                                            : "a call"));
        }
        long key = Fingerprint.combine(
                history.key,
                switch (entry) {
                    case Entry.Did(var operation, long code) -> code;
                    case Entry.Called(var routine, var ending) -> text(ContentText.of((Record) ending));
                });
        History made = history(history.routine, entries, key);
        history.longer.put(entry, made);
        return made;
    }

    private History history(Routine<?> routine, List<Entry> entries, long key) {
        Reached reached = RunOnce.of(routine, entries);
        if (budget.twice() && !RunOnce.of(routine, entries).equals(reached)) {
            throw new RoutineRefused(
                    routine.getClass().getSimpleName() + " is not deterministic: the same results led it elsewhere");
        }
        return new History(routine, entries, reached, key);
    }

    private static long text(String text) {
        long hash = text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = Fingerprint.combine(hash, text.charAt(i));
        }
        return hash;
    }

    /**
     * Numbers the point at {@code start}, or where calls and returns lead from it; it follows point {@code from} by a
     * result.
     */
    private int number(Frame start, int from, long by) {
        Frame frame = start;
        for (int steps = 0; steps <= CompleteSoftware.MOST_SILENT; steps++) {
            switch (frame.history.reached) {
                case Reached.Asks(var operation, String line) -> {
                    Frame here = frame;
                    return numbers.computeIfAbsent(
                            here,
                            fresh -> add(new Point(
                                    here, operation, null, "", line, here.key(), from, by, new HashMap<>())));
                }
                case Reached.Calls(var callee, String line) -> {
                    frame = new Frame(root(callee), frame, frame.depth + 1);
                    if (frame.depth > Scopes.MOST_CALLS) {
                        throw new RoutineRefused(
                                "%s is called more than %,d routines deep, at %s: a loop without a fixed bound must end by cpu.again(...)"
                                        .formatted(callee.getClass().getSimpleName(), Scopes.MOST_CALLS, line));
                    }
                }
                case Reached.Becomes(var successor) -> frame = new Frame(root(successor), frame.caller, frame.depth);
                case Reached.Ends(CallEnding ending) -> {
                    Frame caller = frame.caller;
                    if (caller == null) {
                        return switch (ending) {
                            case CallEnding.Returned returned -> over(End.DONE, "", from, by);
                            case CallEnding.Panicked(String reason) -> over(End.PANIC, reason, from, by);
                        };
                    }
                    Reached.Calls calls = (Reached.Calls) caller.history.reached;
                    History back = longer(caller.history, new Entry.Called(calls.routine(), ending));
                    frame = new Frame(back, caller.caller, caller.depth);
                }
            }
        }
        throw new RoutineRefused("%s goes on for ever without asking for an operation"
                .formatted(start.history.routine.getClass().getSimpleName()));
    }

    private int over(End end, String reason, int from, long by) {
        return ends.computeIfAbsent(
                end + " " + reason,
                text -> add(new Point(null, null, end, reason, "", text(text), from, by, new HashMap<>())));
    }

    private int add(Point point) {
        int at = size;
        if (at == budget.points()) {
            throw new RoutineRefused("an actor's software has more than %,d points, learned as the search met them; %s"
                    .formatted(budget.points(), why));
        }
        if (at == points.length) {
            points = Arrays.copyOf(points, 2 * at);
        }
        points[at] = point;
        size = at + 1;
        return at;
    }

    @Override
    public synchronized void eachEdge(SoftwareMover.EdgeReader reader) {
        for (int from = 0; from < size; from++) {
            for (long code : List.copyOf(points[from].next.keySet())) {
                reader.read(from, code);
            }
        }
    }

    @Override
    public boolean mentionsFrames() {
        return true;
    }

    /** Follows the results that led to each point, renamed. */
    @Override
    public int[] renamed(FrameSwap swap) {
        int[] becomes = new int[size];
        for (int point = 1; point < becomes.length; point++) {
            becomes[point] = renamed(points[point], becomes, swap);
        }
        return becomes;
    }

    private int renamed(Point here, int[] becomes, FrameSwap swap) {
        Operation<?> asked = Objects.requireNonNull(points[here.from].operation);
        int there = next(becomes[here.from], Renaming.code(asked.results(), here.by, swap));
        Operation<?> operation = here.operation;
        Operation<?> other = points[there].operation;
        boolean same = operation == null
                ? here.end == points[there].end
                : other != null && Renaming.of(operation, swap).equals(other);
        if (!same) {
            throw new FramesToldApart("frames of blocks %d and %d are told apart at %s, %s"
                    .formatted(swap.first(), swap.second(), here.line,
                            operation == null ? "where it ends" : Form.text(operation)));
        }
        return there;
    }
}
