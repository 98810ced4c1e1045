package org.ringfence.checker.differential;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Question;

/** All that a scenario can do, found in the plainest way: whole states in a hash set, one thread, breadth first. */
final class Reference {
    private static final int EXITED = Cpus.Status.EXITED.ordinal();
    private static final int CALLING = Cpus.Status.CALLING.ordinal();
    private static final int ANSWERED = Cpus.Status.ANSWERED.ordinal();

    private final Scenario scenario;
    private final ToyMachine.Size size;
    private final List<Control> controls = new ArrayList<>();
    private final Map<List<Integer>, Integer> depths = new LinkedHashMap<>();
    private final Map<List<Integer>, Set<List<Integer>>> before = new HashMap<>();
    private final Set<List<Long>> edgesSeen = new HashSet<>();
    private final EnumMap<Property, Integer> breaches = new EnumMap<>(Property.class);
    private final boolean[] moved;
    private long transitions;
    private long exercised;
    private int depth;
    /** Whether some actor was under way where moves there were, but none that changed anything. */
    private boolean stoodStill;

    private Reference(Scenario scenario, int most) {
        this.scenario = scenario;
        this.size = scenario.size();
        this.moved = new boolean[size.actors() + scenario.families().size()];
        for (int a = 0; a < size.actors(); a++) {
            int start = scenario.starts().get(a);
            int same = scenario.starts().indexOf(start);
            controls.add(same < a ? controls.get(same) : new Control(scenario.program(), start));
        }
        explore(most);
    }

    /**
     * Explores.
     *
     * @throws Control.TooLarge past {@code most} states
     */
    static Reference of(Scenario scenario, int most) {
        return new Reference(scenario, most);
    }

    int states() {
        return depths.size();
    }

    long transitions() {
        return transitions;
    }

    int depth() {
        return depth;
    }

    /** Moves to the nearest breach of each property that has one. */
    Map<Property, Integer> breaches() {
        return breaches;
    }

    long exercised() {
        return exercised;
    }

    List<Boolean> moved() {
        List<Boolean> list = new ArrayList<>();
        for (boolean one : moved) {
            list.add(one);
        }
        return list;
    }

    int edgesSeen() {
        return edgesSeen.size();
    }

    Control control(int actor) {
        return controls.get(actor);
    }

    boolean stoodStill() {
        return stoodStill;
    }

    /** The machine's part of all states. */
    Set<List<Integer>> machines() {
        Set<List<Integer>> machines = new HashSet<>();
        depths.keySet().forEach(state -> machines.add(state.subList(size.actors(), state.size())));
        return machines;
    }

    /** Moves to the nearest state from which the goal cannot be reached; -1 when there is none. */
    int lost() {
        Set<List<Integer>> reaching = new HashSet<>();
        Deque<List<Integer>> open = new ArrayDeque<>();
        for (List<Integer> state : depths.keySet()) {
            if (isGoal(state)) {
                reaching.add(state);
                open.add(state);
            }
        }
        while (!open.isEmpty()) {
            for (List<Integer> earlier : before.getOrDefault(open.remove(), Set.of())) {
                if (reaching.add(earlier)) {
                    open.add(earlier);
                }
            }
        }
        int nearest = -1;
        for (Map.Entry<List<Integer>, Integer> entry : depths.entrySet()) {
            if (!reaching.contains(entry.getKey()) && (nearest < 0 || entry.getValue() < nearest)) {
                nearest = entry.getValue();
            }
        }
        return nearest;
    }

    private boolean isGoal(List<Integer> state) {
        Scenario.Register goal = scenario.goal();
        return goal.value() < 0
                ? controls.getFirst().stand(state.getFirst()) instanceof Control.Stand.Over over && !over.panicked()
                : state.get(size.actors() + goal.number()) == goal.value();
    }

    // ---- orbits

    /** Every renaming of the machine's blocks of frames, by frame. */
    static List<int[]> renamings(ToyMachine.Size size) {
        List<int[]> all = new ArrayList<>();
        int blocks = size.frames() / size.perBlock();
        permute(new int[blocks], new boolean[blocks], 0, order -> {
            int[] name = new int[size.frames()];
            for (int f = 0; f < name.length; f++) {
                name[f] = order[f / size.perBlock()] * size.perBlock() + f % size.perBlock();
            }
            all.add(name);
        });
        return all;
    }

    private static void permute(int[] order, boolean[] used, int at, java.util.function.Consumer<int[]> take) {
        if (at == order.length) {
            take.accept(order.clone());
            return;
        }
        for (int i = 0; i < order.length; i++) {
            if (!used[i]) {
                used[i] = true;
                order[at] = i;
                permute(order, used, at + 1, take);
                used[i] = false;
            }
        }
    }

    /** How many states there are that no renaming of frames makes equal. */
    int orbits() {
        List<int[]> renamings = renamings(size);
        List<List<int[]>> parts = new ArrayList<>();
        for (int[] name : renamings) {
            parts.add(controls.stream().map(control -> control.renamed(name)).toList());
        }
        Set<List<Integer>> orbits = new HashSet<>();
        for (List<Integer> state : depths.keySet()) {
            List<Integer> least = state;
            for (int r = 0; r < renamings.size(); r++) {
                List<Integer> renamed = new ArrayList<>();
                for (int a = 0; a < size.actors(); a++) {
                    renamed.add(parts.get(r).get(a)[state.get(a)]);
                }
                renamed.addAll(renamed(size, state.subList(size.actors(), state.size()), renamings.get(r)));
                least = lesser(least, renamed);
            }
            orbits.add(least);
        }
        return orbits.size();
    }

    /** The least of a machine's renamings. */
    static List<Integer> leastRenaming(ToyMachine.Size size, List<Integer> machine, List<int[]> renamings) {
        List<Integer> least = machine;
        for (int[] name : renamings) {
            least = lesser(least, renamed(size, machine, name));
        }
        return least;
    }

    private static List<Integer> lesser(List<Integer> one, List<Integer> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = Integer.compare(one.get(i), other.get(i));
            if (order != 0) {
                return order < 0 ? one : other;
            }
        }
        return one;
    }

    private static List<Integer> renamed(ToyMachine.Size size, List<Integer> machine, int[] name) {
        List<Integer> renamed = new ArrayList<>(machine);
        int contents = size.registers();
        int links = contents + size.frames();
        int slots = links + size.frames();
        for (int f = 0; f < size.frames(); f++) {
            renamed.set(contents + name[f], machine.get(contents + f));
            renamed.set(links + name[f], Control.named(machine.get(links + f), name));
        }
        for (int s = 0; s < size.slots(); s++) {
            renamed.set(slots + s, Control.named(machine.get(slots + s), name));
        }
        return renamed;
    }

    // ---- exploring

    /** A state under way: the actors' parts, then registers, contents, links, slots, statuses, answers. */
    private final class Now {
        final int[] words;
        long marks;

        Now(List<Integer> state) {
            words = state.stream().mapToInt(Integer::intValue).toArray();
        }

        int at(int section, int index) {
            return words[offset(section) + index];
        }

        void set(int section, int index, int value) {
            words[offset(section) + index] = value;
        }

        List<Integer> state() {
            return Arrays.stream(words).boxed().toList();
        }
    }

    private static final int PART = 0;
    private static final int REGISTER = 1;
    private static final int CONTENT = 2;
    private static final int LINK = 3;
    private static final int SLOT = 4;
    private static final int STATUS = 5;
    private static final int ANSWER = 6;

    private int offset(int section) {
        int[] lengths = {
            size.actors(), size.registers(), size.frames(), size.frames(), size.slots(), size.actors(), size.actors()
        };
        int offset = 0;
        for (int s = 0; s < section; s++) {
            offset += lengths[s];
        }
        return offset;
    }

    private void explore(int most) {
        List<Integer> first = new ArrayList<>();
        for (int a = 0; a < size.actors(); a++) {
            first.add(controls.get(a).root());
        }
        for (int r = 0; r < size.registers() + size.frames(); r++) {
            first.add(0);
        }
        for (int n = 0; n < size.frames() + size.slots(); n++) {
            first.add(-1);
        }
        for (int a = 0; a < 2 * size.actors(); a++) {
            first.add(0);
        }
        Deque<List<Integer>> open = new ArrayDeque<>();
        depths.put(List.copyOf(first), 0);
        open.add(List.copyOf(first));
        while (!open.isEmpty()) {
            List<Integer> state = open.remove();
            int at = depths.getOrDefault(state, 0);
            depth = at;
            List<Now> moves = new ArrayList<>();
            for (int a = 0; a < size.actors(); a++) {
                int had = moves.size();
                actor(state, a, moves);
                moved[a] |= moves.size() > had;
            }
            for (int f = 0; f < scenario.families().size(); f++) {
                int had = moves.size();
                family(state, scenario.families().get(f), moves);
                moved[size.actors() + f] |= moves.size() > had;
            }
            transitions += moves.size();
            boolean still = true;
            for (Now move : moves) {
                judge(move.marks, at + 1);
                List<Integer> to = move.state();
                if (to.equals(state)) {
                    continue;
                }
                still = false;
                before.computeIfAbsent(to, fresh -> new HashSet<>()).add(state);
                if (!depths.containsKey(to)) {
                    depths.put(to, at + 1);
                    open.add(to);
                    if (depths.size() > most) {
                        throw new Control.TooLarge();
                    }
                }
            }
            judgeState(state, at, still);
            stoodStill |= still && !moves.isEmpty() && someoneUnderWay(state);
        }
    }

    private boolean someoneUnderWay(List<Integer> state) {
        for (int a = 0; a < size.actors(); a++) {
            if (controls.get(a).stand(state.get(a)) instanceof Control.Stand.Asking) {
                return true;
            }
        }
        return false;
    }

    private void judgeState(List<Integer> state, int at, boolean still) {
        Scenario.Register bad = scenario.bad();
        long marks = 0;
        if (bad.value() >= 0) {
            marks |= state.get(size.actors() + bad.number()) == bad.value()
                    ? Property.INJECTIVITY.broken()
                    : Property.INJECTIVITY.exercised();
        }
        if (still && someoneUnderWay(state)) {
            marks |= Property.AVAILABILITY.broken();
        }
        judge(marks, at);
    }

    private void judge(long marks, int length) {
        exercised |= marks;
        for (Property property : Property.values()) {
            if (property.isBrokenIn(marks)) {
                breaches.merge(property, length, Math::min);
            }
        }
    }

    private void arrive(List<Integer> state, Now now, int actor, long code, List<Now> moves) {
        int part = state.get(actor);
        edgesSeen.add(List.of((long) actor, (long) part, code));
        int to = controls.get(actor).next(part, code);
        now.set(PART, actor, to);
        if (controls.get(actor).stand(to) instanceof Control.Stand.Over(boolean panicked, String reason)) {
            now.marks |= panicked ? Property.AVAILABILITY.broken() : Property.AVAILABILITY.exercised();
        }
        moves.add(now);
    }

    private void actor(List<Integer> state, int actor, List<Now> moves) {
        if (!(controls.get(actor)
                .stand(state.get(actor)) instanceof Control.Stand.Asking(var stack, Operation<?> operation))) {
            return;
        }
        int status = new Now(state).at(STATUS, actor);
        if (status == EXITED || status == CALLING) {
            return;
        }
        Now now = new Now(state);
        if (status == ANSWERED) {
            int code = now.at(ANSWER, actor);
            now.set(ANSWER, actor, 0);
            now.set(STATUS, actor, 0);
            arrive(state, now, actor, code, moves);
            return;
        }
        switch (operation) {
            case Question question -> {
                arrive(state, now, actor, 0, moves);
                arrive(state, new Now(state), actor, 1, moves);
            }
            case ToyOperation.Valued(String name, Rule rule) ->
                rule(state, actor, rule, ToyOperation.Valued.UNIT, moves);
            case ToyOperation.Plain<?> plain -> rule(state, actor, plain.rule(), 1, moves);
            case ToyOperation.Hypercall(String name, int known, Rule rule) -> rule(state, actor, rule, 1, moves);
            case ToyOperation.Kick(int other, int answer) -> {
                int its = now.at(STATUS, other);
                if (its == EXITED) {
                    now.set(STATUS, other, 0);
                } else if (its == CALLING) {
                    now.set(STATUS, other, ANSWERED);
                    now.set(ANSWER, other, answer);
                }
                arrive(state, now, actor, its == EXITED ? 0 : its == CALLING ? 1 : 2, moves);
            }
            case ToyOperation.Pick(int frames) -> {
                for (int f = 0; f < frames; f++) {
                    arrive(state, new Now(state), actor, f, moves);
                }
            }
            case ToyOperation.ReadSlot(int slot, int frames) -> {
                if (now.at(SLOT, slot) >= 0) {
                    arrive(state, now, actor, now.at(SLOT, slot), moves);
                }
            }
            case ToyOperation.PutSlot(int slot, var frame) -> {
                boolean same = now.at(SLOT, slot) == frame.index();
                now.set(SLOT, slot, frame.index());
                arrive(state, now, actor, same ? 1 : 0, moves);
            }
            case ToyOperation.ClearSlot(int slot) -> {
                boolean some = now.at(SLOT, slot) >= 0;
                now.set(SLOT, slot, -1);
                arrive(state, now, actor, some ? 1 : 0, moves);
            }
            case ToyOperation.Touch(var frame, int results, var rows) ->
                row(state, actor, rows.get(now.at(CONTENT, frame.index())), CONTENT, frame.index(), 1, moves);
            case ToyOperation.Link(var from, var to) -> {
                now.set(LINK, from.index(), to.index());
                boolean same = now.at(CONTENT, from.index()) == now.at(CONTENT, to.index());
                arrive(state, now, actor, same ? 1 : 0, moves);
            }
            default -> throw new IllegalStateException(operation + " is unknown to the reference");
        }
    }

    private void rule(List<Integer> state, int actor, Rule rule, long unit, List<Now> moves) {
        row(
                state,
                actor,
                rule.rows().get(new Now(state).at(REGISTER, rule.reads())),
                REGISTER,
                rule.writes(),
                unit,
                moves);
    }

    private void row(
            List<Integer> state, int actor, Rule.Row row, int section, int index, long unit, List<Now> moves) {
        if (row.outcome() == Outcome.WAITS) {
            return;
        }
        int choices = Outcome.choices(row.outcome());
        for (int c = 0; c < Math.max(1, choices); c++) {
            Now now = new Now(state);
            if (row.to() >= 0) {
                now.set(section, index, row.to());
            }
            now.marks = Rule.marks(row.mark());
            if (row.outcome() == Outcome.EXITS || row.outcome() == Outcome.CALLS) {
                now.set(STATUS, actor, row.outcome() == Outcome.EXITS ? EXITED : CALLING);
                moves.add(now);
            } else {
                arrive(state, now, actor, (choices > 0 ? c : row.outcome()) * unit, moves);
            }
        }
    }

    private void family(List<Integer> state, ToyFamily.Kind kind, List<Now> moves) {
        switch (kind) {
            case ToyFamily.Kind.Drifts(var drifts) -> {
                for (ToyFamily.Kind.Drift drift : drifts) {
                    Now now = new Now(state);
                    if (now.at(REGISTER, drift.register()) == drift.from()) {
                        now.set(REGISTER, drift.register(), drift.to());
                        now.marks = Rule.marks(drift.mark());
                        moves.add(now);
                    }
                }
            }
            case ToyFamily.Kind.Resumes(int register, int value) -> {
                for (int a = 0; a < size.actors(); a++) {
                    Now now = new Now(state);
                    if (now.at(STATUS, a) == EXITED) {
                        now.set(STATUS, a, 0);
                        now.set(REGISTER, register, value);
                        moves.add(now);
                    }
                }
            }
            case ToyFamily.Kind.Answers() -> {
                for (int a = 0; a < size.actors(); a++) {
                    for (int code = 0; code <= size.known(); code++) {
                        Now now = new Now(state);
                        if (now.at(STATUS, a) == CALLING) {
                            now.set(STATUS, a, ANSWERED);
                            now.set(ANSWER, a, code);
                            moves.add(now);
                        }
                    }
                }
            }
            case ToyFamily.Kind.Scribbles(int register, int value, int from, int to) -> {
                for (int f = 0; f < size.frames(); f++) {
                    Now now = new Now(state);
                    if (now.at(REGISTER, register) == value && now.at(CONTENT, f) == from) {
                        now.set(CONTENT, f, to);
                        moves.add(now);
                    }
                }
            }
            case ToyFamily.Kind.Fills(int slot) -> {
                for (int f = 0; f < size.frames(); f++) {
                    Now now = new Now(state);
                    if (now.at(SLOT, slot) < 0) {
                        now.set(SLOT, slot, f);
                        moves.add(now);
                    }
                }
            }
        }
    }
}
