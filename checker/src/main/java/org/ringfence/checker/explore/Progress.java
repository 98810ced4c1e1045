package org.ringfence.checker.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.ringfence.machine.operation.Mover;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/**
 * Whether a goal stays reachable: from every reachable state, some way leads to a state where it holds (AG EF, nothing
 * assumed about fairness). States are kept in the order of their discovery and swept backward until a sweep finds
 * nothing more: a state can reach the goal if it is one, or if a successor can. Since most moves lead to states
 * discovered later, few sweeps are needed.
 *
 * <p>It has a budget of its own: it keeps every state whole, on the heap, and compares them.
 */
public final class Progress {
    private final Model model;
    private final Predicate<State> goal;
    private static final int ASKED_EVERY = 1 << 10;

    private final int most;
    private final BooleanSupplier goOn;
    private final Worker worker;
    private final State state;
    private final Successors out;
    private final int width;
    private long[] states;
    private int[] parents;
    private int[] ordinals;
    private int[] slots = new int[1 << 12];
    private int count;

    /** What the sweeps found. */
    public sealed interface Result {
        /** The goal can be reached from every one of {@code states} states; it took {@code sweeps} sweeps. */
        record Reachable(int states, int sweeps) implements Result {}

        /** From the end of this path, a shortest one, the goal can never be reached. */
        record Lost(Path path) implements Result {}

        /** There are more than {@code states} states. */
        record TooLarge(int states) implements Result {}

        /** It was told not to go on. */
        record Stopped() implements Result {}
    }

    private Progress(Model model, Predicate<State> goal, int most, BooleanSupplier goOn) {
        this.model = model;
        this.goal = goal;
        this.most = most;
        this.goOn = goOn;
        this.worker = new Worker(model);
        this.state = worker.state;
        this.out = worker.successors;
        this.width = model.layout().words();
        this.states = new long[1024 * width];
        this.parents = new int[1024];
        this.ordinals = new int[1024];
    }

    /**
     * Judges progress.
     *
     * @param goal what must stay reachable
     * @param most states to keep at most
     * @param goOn asked now and then
     */
    public static Result judge(Model model, Predicate<State> goal, int most, BooleanSupplier goOn) {
        return new Progress(model, goal, most, goOn).run();
    }

    private Result run() {
        long[] first = model.initial().words().clone();
        worker.represent(first, 0);
        add(first, 0, -1, 0);
        for (int s = 0; s < count; s++) {
            if (s % ASKED_EVERY == 0 && !goOn.getAsBoolean()) {
                return new Result.Stopped();
            }
            expand(s);
            for (int i = 0; i < out.count(); i++) {
                worker.represent(out.words(), i * width);
                if (find(out.words(), i * width) < 0) {
                    if (count == most) {
                        return new Result.TooLarge(most);
                    }
                    add(out.words(), i * width, s, out.ordinal(i));
                }
            }
        }
        return sweep();
    }

    private Result sweep() {
        boolean[] reaches = new boolean[count];
        for (int s = 0; s < count; s++) {
            if (s % ASKED_EVERY == 0 && !goOn.getAsBoolean()) {
                return new Result.Stopped();
            }
            load(s);
            reaches[s] = goal.test(state);
        }
        int sweeps = 0;
        boolean more = true;
        while (more) {
            more = false;
            sweeps++;
            for (int s = count - 1; s >= 0; s--) {
                if (s % ASKED_EVERY == 0 && !goOn.getAsBoolean()) {
                    return new Result.Stopped();
                }
                if (!reaches[s] && someSuccessorReaches(s, reaches)) {
                    reaches[s] = true;
                    more = true;
                }
            }
        }
        Optional<Integer> lost = firstFalse(reaches);
        return lost.isEmpty() ? new Result.Reachable(count, sweeps) : new Result.Lost(path(lost.get()));
    }

    private static Optional<Integer> firstFalse(boolean[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!values[i]) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private boolean someSuccessorReaches(int s, boolean[] reaches) {
        expand(s);
        for (int i = 0; i < out.count(); i++) {
            worker.represent(out.words(), i * width);
            if (reaches[find(out.words(), i * width)]) {
                return true;
            }
        }
        return false;
    }

    private Path path(int lost) {
        Deque<Integer> way = new ArrayDeque<>();
        for (int s = lost; parents[s] >= 0; s = parents[s]) {
            way.push(ordinals[s]);
        }
        List<Integer> list = new ArrayList<>(way);
        return Path.follow(model, list, -1, org.ringfence.machine.operation.Property.PROGRESS);
    }

    private void load(int s) {
        System.arraycopy(states, s * width, state.words(), 0, width);
    }

    private void expand(int s) {
        load(s);
        out.begin();
        try {
            for (Mover mover : model.movers()) {
                mover.each(state, out);
            }
        } catch (RuntimeException | AssertionError thrown) {
            throw BrokenStep.of(state, out, thrown);
        }
    }

    private void add(long[] words, int at, int parent, int ordinal) {
        if (count == parents.length) {
            states = Arrays.copyOf(states, 2 * states.length);
            parents = Arrays.copyOf(parents, 2 * count);
            ordinals = Arrays.copyOf(ordinals, 2 * count);
        }
        System.arraycopy(words, at, states, count * width, width);
        parents[count] = parent;
        ordinals[count] = ordinal;
        if (2 * count >= slots.length) {
            rehash();
        }
        slots[freeSlot(words, at)] = ++count;
    }

    private void rehash() {
        slots = new int[4 * slots.length];
        for (int s = 0; s < count; s++) {
            slots[freeSlot(states, s * width)] = s + 1;
        }
    }

    private int freeSlot(long[] words, int at) {
        int slot = slot(words, at);
        while (slots[slot] != 0) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private int find(long[] words, int at) {
        int slot = slot(words, at);
        while (slots[slot] != 0) {
            int s = slots[slot] - 1;
            if (Arrays.equals(words, at, at + width, states, s * width, (s + 1) * width)) {
                return s;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return -1;
    }

    private int slot(long[] words, int at) {
        long hash = 0;
        for (int w = 0; w < width; w++) {
            hash = (hash ^ words[at + w]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash >>> 20) & slots.length - 1;
    }
}
