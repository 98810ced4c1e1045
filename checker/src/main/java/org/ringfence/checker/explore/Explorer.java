package org.ringfence.checker.explore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Property;

/**
 * Breadth-first search of all that a model can do, on several threads, with one answer whatever their number.
 *
 * <p>A level is expanded in rounds of at most 2^16 states: see {@link Round}.
 */
public final class Explorer {
    private static final int GLANCES = 20;

    /** States that the last round may find beyond the limit; where it finds more, the search ends without them. */
    private static final long BEYOND = 1 << 24;

    /** States for which address space is reserved at most; no memory holds as many. */
    private static final long MOST = 1L << 40;

    private final Model model;
    private final Limits limits;
    private final Watcher watcher;
    private final int roundStates;

    private Explorer(Model model, Limits limits, Watcher watcher, int roundStates) {
        this.model = model;
        this.limits = limits;
        this.watcher = watcher;
        this.roundStates = roundStates;
    }

    /** Explores {@code model} within {@code limits}. */
    public static Exploration explore(Model model, Limits limits, Watcher watcher) {
        return explore(model, limits, watcher, ParentLog.ROUND / 2);
    }

    static Exploration explore(Model model, Limits limits, Watcher watcher, int roundStates) {
        Explorer explorer = new Explorer(model, limits, watcher, roundStates);
        try (Search search = explorer.new Search()) {
            return search.run();
        }
    }

    /** One search, with all that it holds outside the heap. */
    private final class Search implements AutoCloseable {
        private final Worker[] workers = new Worker[limits.threads()];
        private final Team team = new Team(limits.threads());
        private final boolean wide = limits.states() > Limits.NARROW && !model.isExact();
        private final Round round;
        private final ParentLog log;
        private final EnumMap<Property, Worker.Breach> found = new EnumMap<>(Property.class);
        private final EnumSet<Property> foundBefore = EnumSet.noneOf(Property.class);
        private final long most;
        private final Heap heap = new Heap();
        private boolean overflown;
        private boolean interrupted;
        private boolean heapFull;
        private final long begun = System.nanoTime();
        private Frontier frontier;
        private Frontier next;
        private int level;
        private long mostBytes;
        private long lastGlance;

        Search() {
            most = Math.min(limits.states(), MOST) + BEYOND;
            int width = model.layout().words();
            for (int t = 0; t < workers.length; t++) {
                workers[t] = new Worker(model);
            }
            round = new Round(model, team, workers, most, wide, () -> limitReached() == null);
            log = new ParentLog(most);
            frontier = new Frontier(width, most);
            next = new Frontier(width, most);
        }

        Exploration run() {
            enterInitial();
            Exploration.Stop stop = Exploration.Stop.EXHAUSTED;
            while (frontier.size() > 0) {
                Exploration.@Nullable Stop early = expandLevel();
                if (early != null) {
                    stop = early;
                    break;
                }
                Set<Property> open = EnumSet.noneOf(Property.class);
                open.addAll(model.judged());
                open.removeAll(found.keySet());
                if (next.size() > 0 && !watcher.nextLevel(open, glance())) {
                    stop = Exploration.Stop.ENOUGH;
                    break;
                }
                frontier.clear();
                Frontier expanded = frontier;
                frontier = next;
                next = expanded;
                if (frontier.size() > 0) {
                    level++;
                }
            }
            return result(stop);
        }

        private void enterInitial() {
            long[] words = model.initial().words().clone();
            round.enterInitial(words);
            write(frontier.append(1), words);
            OffHeap.putInt(log.append(1), 0);
        }

        private Exploration.@Nullable Stop expandLevel() {
            long size = frontier.size();
            long levelFirst = log.size() - size;
            for (Worker worker : workers) {
                worker.level = level;
            }
            Exploration.@Nullable Stop stop = null;
            for (long first = 0; first < size && stop == null; first += roundStates) {
                int states = (int) Math.min(roundStates, size - first);
                log.beginRound(levelFirst + first);
                int more = round.expand(frontier.address(first), states);
                if (round.isGivenUp()) {
                    stop = limitReached();
                    break; // what a part of the round found is not entered, and a breach in it might not be the nearest
                }
                if (round.isFull() || log.size() + more > most) {
                    overflown = true;
                } else {
                    round.append(states, next.append(more), log.append(more));
                }
                collectBreaches(levelFirst + first);
                stop = limitReached();
            }
            foundBefore.addAll(found.keySet());
            unwatch();
            return stop;
        }

        private static void write(long address, long[] words) {
            for (int w = 0; w < words.length; w++) {
                OffHeap.putLong(address + (long) w * Long.BYTES, words[w]);
            }
        }

        private void collectBreaches(long first) {
            for (Worker worker : workers) {
                for (Worker.Breach breach : worker.breaches) {
                    Worker.Breach placed = breach.withState(first);
                    for (Property property : model.judged()) {
                        if (property.isBrokenIn(breach.marks()) && !foundBefore.contains(property)) {
                            found.merge(property, placed, (a, b) -> a.compareTo(b) <= 0 ? a : b);
                        }
                    }
                }
                worker.breaches = new ArrayList<>();
            }
        }

        private void unwatch() {
            long open = 0;
            for (Property property : model.judged()) {
                if (!found.containsKey(property)) {
                    open |= property.broken() & ~property.exercised();
                }
            }
            for (Worker worker : workers) {
                worker.watch(open);
            }
        }

        private Watcher.Glance glance() {
            return new Watcher.Glance(round.states(), transitions(), level, frontier.size() + next.size(), bytes(),
                    seconds());
        }

        private Exploration.@Nullable Stop limitReached() {
            long bytes = bytes();
            mostBytes = Math.max(mostBytes, bytes);
            if (overflown || round.states() > limits.states()) {
                return Exploration.Stop.STATES;
            }
            if (interrupted || Thread.currentThread().isInterrupted()) {
                return Exploration.Stop.INTERRUPTED;
            }
            if (bytes > limits.bytes()) {
                return Exploration.Stop.MEMORY;
            }
            long now = System.nanoTime();
            if (now - begun > limits.time().toNanos()) {
                return Exploration.Stop.TIME;
            }
            if (now - lastGlance > 1_000_000_000L / GLANCES) {
                lastGlance = now;
                if (!watcher.goOn(glance())) {
                    interrupted = true;
                    return Exploration.Stop.INTERRUPTED;
                }
                if (heap.exceeds(limits.bytes() - bytes)) {
                    heapFull = true;
                }
            }
            return heapFull ? Exploration.Stop.MEMORY : null;
        }

        private long transitions() {
            long transitions = 0;
            for (Worker worker : workers) {
                transitions += worker.transitions;
            }
            return transitions;
        }

        private long bytes() {
            return round.bytes() + log.bytes() + frontier.bytes() + next.bytes();
        }

        private double seconds() {
            return (System.nanoTime() - begun) / 1e9;
        }

        private Exploration result(Exploration.Stop stop) {
            long seen = 0;
            BitSet moved = new BitSet();
            for (Worker worker : workers) {
                seen |= worker.seen | worker.successors.seen();
                moved.or(worker.successors.movedSources());
            }
            double seconds = seconds();
            long bytes = bytes();
            Map<Property, Path> breaches = new EnumMap<>(Property.class);
            Exploration.Stop end = stop;
            for (Map.Entry<Property, Worker.Breach> breach : found.entrySet()) {
                try {
                    breaches.put(breach.getKey(), path(breach.getKey(), breach.getValue()));
                } catch (LimitReached limit) {
                    end = limit.stop(); // a breach without a trace is not told, and what is not told is not safe
                }
            }
            long represented = 0;
            for (Worker worker : workers) {
                represented += worker.represented;
            }
            List<Boolean> movers = new ArrayList<>();
            for (int m = 0; m < model.movers().size(); m++) {
                movers.add(moved.get(m));
            }
            return new Exploration(
                    end,
                    model.mergesPages() ? represented : round.states(),
                    round.states(),
                    transitions(),
                    level,
                    breaches,
                    seen,
                    movers,
                    bytes,
                    Math.max(mostBytes, bytes),
                    seconds,
                    model.isExact(),
                    wide ? 80 : 64);
        }

        private Path path(Property property, Worker.Breach breach) {
            List<Integer> ordinals = new ArrayList<>();
            for (long state = breach.place(); state > 0; state = log.parent(state)) {
                ordinals.add(log.ordinal(state));
            }
            return Path.follow(model, ordinals.reversed(), breach.ordinal(), property);
        }

        @Override
        public void close() {
            team.close();
            round.close();
            log.close();
            frontier.close();
            next.close();
        }
    }
}
