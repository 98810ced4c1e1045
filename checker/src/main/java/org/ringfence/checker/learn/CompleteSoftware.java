package org.ringfence.checker.learn;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.Clock;
import org.ringfence.checker.explore.FrameSwap;
import org.ringfence.checker.explore.FramesToldApart;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Routine;

/**
 * Software learned to the end: the smallest automaton that behaves as its routine does, points numbered breadth first
 * from the beginning. So the numbers mean the same wherever the same routine is learned.
 *
 * @param operations by point; null where the software has ended
 * @param next by point and result code
 * @param endings by point; null where it has not ended
 * @param linesAsking by point
 * @param runs how often routines were run to learn this
 * @param scopes how many scopes it consists of
 * @param hash SHA-256 over points, operations and edges, in hexadecimal
 */
public record CompleteSoftware(
        List<@Nullable Operation<?>> operations,
        List<int[]> next,
        List<@Nullable End> endings,
        List<String> reasons,
        List<List<String>> linesAsking,
        int runs,
        int scopes,
        String hash)
        implements
            Software {

    /** Calls, returns and successors in a row that ask for nothing. */
    static final int MOST_SILENT = 100_000;
    private static final int MOST_POSITIONS = 2_000_000;
    private static final int TICKED_EVERY = 256;

    static CompleteSoftware learn(Routine<?> routine, Budget budget) throws Scope.Unbounded {
        Scopes scopes = new Scopes(budget);
        scopes.endings(routine, "its own first line");
        return new Flattening(scopes).of(routine);
    }

    @Override
    public int points() {
        return operations.size();
    }

    @Override
    public int mostPoints() {
        return operations.size();
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public @Nullable Operation<?> operation(int point) {
        return operations.get(point);
    }

    @Override
    public @Nullable End end(int point) {
        return endings.get(point);
    }

    @Override
    public String reason(int point) {
        return reasons.get(point);
    }

    @Override
    public int next(int point, long code) {
        return next.get(point)[(int) code];
    }

    @Override
    public long key(int point) {
        return point;
    }

    @Override
    public List<String> lines(int point) {
        return linesAsking.get(point);
    }

    @Override
    public void eachEdge(SoftwareMover.EdgeReader reader) {
        for (int from = 0; from < points(); from++) {
            for (int code = 0; code < next.get(from).length; code++) {
                reader.read(from, code);
            }
        }
    }

    @Override
    public boolean mentionsFrames() {
        return operations.stream().anyMatch(Renaming::mentionsFrames);
    }

    /** Both runs are followed side by side, the one with the results renamed. */
    @Override
    public int[] renamed(FrameSwap swap) {
        int[] becomes = new int[points()];
        Arrays.fill(becomes, -1);
        becomes[0] = 0;
        int[] queue = new int[points()];
        int head = 0;
        int tail = 1;
        while (head < tail) {
            if (head % TICKED_EVERY == 0) {
                Clock.tick("it is learned how points permute with frames");
            }
            int here = queue[head++];
            int there = becomes[here];
            Operation<?> operation = operations.get(here);
            if (operation == null) {
                toldApart(
                        here,
                        swap,
                        endings.get(here) == endings.get(there) && reasons.get(here).equals(reasons.get(there)));
                continue;
            }
            toldApart(here, swap, Renaming.of(operation, swap).equals(operations.get(there)));
            for (int code = 0; code < next.get(here).length; code++) {
                int to = next(here, code);
                long renamed = Renaming.code(operation.results(), code, swap);
                toldApart(here, swap, renamed < next.get(there).length);
                int itsTo = next(there, renamed);
                if (becomes[to] < 0) {
                    becomes[to] = itsTo;
                    queue[tail++] = to;
                }
                toldApart(to, swap, becomes[to] == itsTo);
            }
        }
        return becomes;
    }

    private void toldApart(int point, FrameSwap swap, boolean same) {
        if (!same) {
            throw new FramesToldApart("frames of blocks %d and %d are told apart at %s, %s"
                    .formatted(swap.first(), swap.second(), lines(point), operations.get(point)));
        }
    }

    /** Where a stack of scopes stands: a node of one, and the position its caller waits at. */
    private record Position(Scope scope, int node, @Nullable Position caller, int depth) {}

    /** An end of the whole software. */
    private record Over(End end, String reason) {}

    /** Positions of all scopes together, merged where their futures are equal. */
    private static final class Flattening {
        private final Scopes scopes;
        private final Map<Object, Integer> numbers = new HashMap<>();
        private final List<Object> what = new ArrayList<>();
        private final List<int[]> edges = new ArrayList<>();

        Flattening(Scopes scopes) {
            this.scopes = scopes;
        }

        CompleteSoftware of(Routine<?> routine) throws Scope.Unbounded {
            Scope first = scopes.get(routine);
            int root = number(new Position(first, first.root, null, 0));
            for (int at = 0; at < what.size(); at++) {
                if (at % TICKED_EVERY == 0) {
                    Clock.tick(Scope.LEARNING);
                }
                if (what.get(at) instanceof Position position) {
                    Scope.Node.Asks asks = (Scope.Node.Asks) position.scope.nodes.get(position.node);
                    int[] to = new int[asks.next().size()];
                    for (int code = 0; code < to.length; code++) {
                        to[code] = number(new Position(
                                position.scope, asks.next().get(code), position.caller, position.depth));
                    }
                    edges.add(to);
                } else {
                    edges.add(new int[0]);
                }
                if (what.size() > MOST_POSITIONS) {
                    throw new Scope.Unbounded("%s has more than %,d points"
                            .formatted(routine.getClass().getSimpleName(), MOST_POSITIONS));
                }
            }
            return merge(root);
        }

        /** Follows calls, returns and successors from a position to one that asks, or to the end. */
        private int number(Position from) {
            Position position = from;
            for (int steps = 0; steps <= MOST_SILENT; steps++) {
                Object here;
                switch (position.scope.nodes.get(position.node)) {
                    case Scope.Node.Asks asks -> here = position;
                    case Scope.Node.Calls(Routine<?> callee, var next) -> {
                        Scope scope = scopes.get(callee);
                        position = new Position(scope, scope.root, position, position.depth + 1);
                        if (position.depth > Scopes.MOST_CALLS) {
                            throw new RoutineRefused("%s calls more than %,d routines deep"
                                    .formatted(from.scope.routine.getClass().getSimpleName(), Scopes.MOST_CALLS));
                        }
                        continue;
                    }
                    case Scope.Node.Becomes(Routine<?> successor) -> {
                        Scope scope = scopes.get(successor);
                        position = new Position(scope, scope.root, position.caller, position.depth);
                        continue;
                    }
                    case Scope.Node.Ends(CallEnding ending) -> {
                        Position caller = position.caller;
                        if (caller == null) {
                            here = switch (ending) {
                                case CallEnding.Returned returned -> new Over(End.DONE, "");
                                case CallEnding.Panicked(String reason) -> new Over(End.PANIC, reason);
                            };
                        } else {
                            Scope.Node.Calls calls = (Scope.Node.Calls) caller.scope.nodes.get(caller.node);
                            Integer next = calls.next().get(ending);
                            if (next == null) {
                                throw new IllegalStateException(ending + " was not among the callee's endings");
                            }
                            position = new Position(caller.scope, next, caller.caller, caller.depth);
                            continue;
                        }
                    }
                }
                return numbers.computeIfAbsent(here, fresh -> {
                    what.add(fresh);
                    return what.size() - 1;
                });
            }
            throw new RoutineRefused("%s goes on for ever without asking for an operation"
                    .formatted(from.scope.routine.getClass().getSimpleName()));
        }

        private CompleteSoftware merge(int root) {
            int n = what.size();
            Map<Object, Integer> labels = new HashMap<>();
            int[] label = new int[n];
            int transitions = 0;
            for (int i = 0; i < n; i++) {
                Object told = what.get(i) instanceof Position position ? operation(position) : what.get(i);
                label[i] = labels.computeIfAbsent(told, fresh -> labels.size());
                transitions += edges.get(i).length;
            }
            int[] tail = new int[transitions];
            int[] code = new int[transitions];
            int[] head = new int[transitions];
            int t = 0;
            for (int i = 0; i < n; i++) {
                int[] to = edges.get(i);
                for (int c = 0; c < to.length; c++) {
                    tail[t] = i;
                    code[t] = c;
                    head[t++] = to[c];
                }
            }
            return numbered(root, Partition.of(label, tail, code, head));
        }

        /** Numbers the parts breadth first from the root's. */
        private CompleteSoftware numbered(int root, int[] part) {
            int n = what.size();
            int[] pointOfPart = new int[n];
            Arrays.fill(pointOfPart, -1);
            List<Integer> representative = new ArrayList<>();
            pointOfPart[part[root]] = 0;
            representative.add(root);
            List<int[]> next = new ArrayList<>();
            for (int point = 0; point < representative.size(); point++) {
                if (point % TICKED_EVERY == 0) {
                    Clock.tick(Scope.LEARNING);
                }
                int[] to = edges.get(representative.get(point)).clone();
                for (int c = 0; c < to.length; c++) {
                    int p = part[to[c]];
                    if (pointOfPart[p] < 0) {
                        pointOfPart[p] = representative.size();
                        representative.add(to[c]);
                    }
                    to[c] = pointOfPart[p];
                }
                next.add(to);
            }
            int points = representative.size();
            List<Set<String>> lines = new ArrayList<>();
            for (int i = 0; i < points; i++) {
                lines.add(new LinkedHashSet<>());
            }
            for (int i = 0; i < n; i++) {
                if (what.get(i) instanceof Position position) {
                    lines.get(pointOfPart[part[i]]).addAll(position.scope.lines.get(position.node));
                }
            }
            List<@Nullable Operation<?>> operations = new ArrayList<>();
            List<@Nullable End> endings = new ArrayList<>();
            List<String> reasons = new ArrayList<>();
            for (int i : representative) {
                if (what.get(i) instanceof Position position) {
                    operations.add(operation(position));
                    endings.add(null);
                    reasons.add("");
                } else {
                    Over over = (Over) what.get(i);
                    operations.add(null);
                    endings.add(over.end);
                    reasons.add(over.reason);
                }
            }
            return new CompleteSoftware(
                    operations,
                    next,
                    endings,
                    reasons,
                    lines.stream().map(set -> set.stream().sorted().toList()).toList(),
                    scopes.runs(),
                    scopes.size(),
                    hash(operations, endings, reasons, next));
        }

        private static Operation<?> operation(Position position) {
            return ((Scope.Node.Asks) position.scope.nodes.get(position.node)).operation();
        }
    }

    private static String hash(
            List<@Nullable Operation<?>> operations,
            List<@Nullable End> endings,
            List<String> reasons,
            List<int[]> next) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < operations.size(); i++) {
            if (i % TICKED_EVERY == 0) {
                Clock.tick(Scope.LEARNING);
            }
            text.append(i).append(' ').append(ContentText.of(operations.get(i)));
            text.append(' ').append(endings.get(i)).append(' ').append(reasons.get(i));
            text.append(' ').append(Arrays.toString(next.get(i))).append('\n');
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
