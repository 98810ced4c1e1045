package org.ringfence.checker.explore;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** Between marks at ends of levels. */
    private static final long MARK_AFTER = 1_000_000_000L;

    /** Between marks within a level. */
    private static final long MARK_WITHIN_AFTER = 60_000_000_000L;

    private static final int READ_AT_ONCE = 1 << 16;

    private final Model model;
    private final Limits limits;
    private final Watcher watcher;
    private final int roundStates;

    private final @Nullable Checkpoint checkpoint;

    private Explorer(
            Model model, Limits limits, Watcher watcher, int roundStates, @Nullable Checkpoint checkpoint) {
        this.model = model;
        this.limits = limits;
        this.watcher = watcher;
        this.roundStates = roundStates;
        this.checkpoint = checkpoint;
    }

    /** Explores {@code model} within {@code limits}. */
    public static Exploration explore(Model model, Limits limits, Watcher watcher) {
        return explore(model, limits, watcher, ParentLog.ROUND / 2, null);
    }

    /** The same; {@code checkpoint} keeps the search on disk, and what it holds already is not searched again. */
    public static Exploration explore(
            Model model, Limits limits, Watcher watcher, @Nullable Checkpoint checkpoint) {
        return explore(model, limits, watcher, ParentLog.ROUND / 2, checkpoint);
    }

    static Exploration explore(Model model, Limits limits, Watcher watcher, int roundStates) {
        return explore(model, limits, watcher, roundStates, null);
    }

    static Exploration explore(
            Model model, Limits limits, Watcher watcher, int roundStates, @Nullable Checkpoint checkpoint) {
        Explorer explorer = new Explorer(model, limits, watcher, roundStates, checkpoint);
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
        private final BitSet movedBefore = new BitSet();
        private double secondsBefore;
        private long lastMark = System.nanoTime();

        /** States of the level that were expanded already when the search went on. */
        private long expandedBefore;

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
            round = new Round(model, team, workers, most, wide, checkpoint != null, () -> limitReached() == null);
            log = new ParentLog(most);
            frontier = new Frontier(width, most);
            next = new Frontier(width, most);
        }

        Exploration run() {
            try {
                return result(search());
            } catch (CheckpointFailed failed) {
                Objects.requireNonNull(checkpoint).fail(failed);
                return result(Exploration.Stop.CHECKPOINT);
            }
        }

        private Exploration.Stop search() {
            if (checkpoint != null && checkpoint.goesOn()) {
                goOn(checkpoint);
            } else {
                enterInitial();
            }
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
                if (checkpoint != null) {
                    if (frontier.size() > 0) {
                        checkpoint.nextLevel(level + 1);
                    }
                    markWhenDue(checkpoint, frontier.size() > 0 ? MARK_AFTER : 0, 0);
                }
            }
            return stop;
        }

        private void enterInitial() {
            long[] words = model.initial().words().clone();
            round.enterInitial(words);
            write(frontier.append(1), words);
            long entry = log.append(1);
            OffHeap.putInt(entry, 0);
            if (checkpoint != null) {
                int bytes = words.length * Long.BYTES;
                checkpoint.openAt(0, wide, 0, 0, bytes);
                checkpoint.append(1, round.fingerprints(), round.tags(), entry, frontier.address(0), bytes);
                checkpoint.nextLevel(1);
                markWhenDue(checkpoint, 0, 0);
            }
        }

        // ---- what is kept on disk

        private void markWhenDue(Checkpoint kept, long after, long expanded) {
            long now = System.nanoTime();
            if (kept.marksEverywhere() || now - lastMark >= after) {
                kept.mark(level, out -> tell(out, expanded));
                lastMark = System.nanoTime();
            }
        }

        private void tell(DataOutputStream out, long expanded) throws IOException {
            out.writeInt(level);
            out.writeLong(expanded);
            out.writeLong(log.size());
            out.writeLong(frontier.size());
            out.writeLong(next.size());
            out.writeLong(transitions());
            out.writeLong(represented());
            out.writeLong(seen());
            long[] movers = moved().toLongArray();
            out.writeInt(movers.length);
            for (long some : movers) {
                out.writeLong(some);
            }
            out.writeDouble(seconds());
            log.tell(out);
            out.writeInt(found.size());
            for (Map.Entry<Property, Worker.Breach> one : found.entrySet()) {
                out.writeUTF(one.getKey().name());
                out.writeBoolean(foundBefore.contains(one.getKey()));
                one.getValue().tell(out);
            }
            for (SoftwareMover mover : model.software()) {
                out.write(mover.table().seen());
                out.write(mover.table().left());
            }
        }

        private void goOn(Checkpoint kept) {
            try (DataInputStream in = kept.mark()) {
                level = in.readInt();
                expandedBefore = in.readLong();
                long states = in.readLong();
                long ofLevel = in.readLong();
                long ofNext = in.readLong();
                workers[0].transitions = in.readLong();
                workers[0].represented = in.readLong();
                workers[0].seen = in.readLong();
                long[] movers = new long[in.readInt()];
                for (int i = 0; i < movers.length; i++) {
                    movers[i] = in.readLong();
                }
                movedBefore.or(BitSet.valueOf(movers));
                secondsBefore = in.readDouble();
                log.learn(in);
                for (int breaches = in.readInt(); breaches > 0; breaches--) {
                    Property property = Property.valueOf(in.readUTF());
                    if (in.readBoolean()) {
                        foundBefore.add(property);
                    }
                    found.put(property, Worker.Breach.told(in));
                }
                for (SoftwareMover mover : model.software()) {
                    in.readFully(mover.table().seen());
                    in.readFully(mover.table().left());
                }
                read(kept, states, ofLevel, ofNext);
                unwatch(foundBefore);
            } catch (IOException e) {
                throw new CheckpointRefused("the mark of the search in %s is too short".formatted(kept.folder()));
            }
        }

        private void read(Checkpoint kept, long states, long ofLevel, long ofNext) {
            kept.readParents(states, log.append(states));
            int bytes = model.layout().words() * Long.BYTES;
            kept.readLevel(level, frontier.append(ofLevel), ofLevel * bytes);
            kept.readLevel(level + 1, next.append(ofNext), ofNext * bytes);
            try (OffHeap some = new OffHeap((long) READ_AT_ONCE * (Long.BYTES + Short.BYTES))) {
                some.ensure((long) READ_AT_ONCE * (Long.BYTES + Short.BYTES));
                long fingerprints = some.address();
                long tags = fingerprints + (long) READ_AT_ONCE * Long.BYTES;
                for (long from = 0; from < states; from += READ_AT_ONCE) {
                    int count = (int) Math.min(READ_AT_ONCE, states - from);
                    kept.readFingerprints(from, count, fingerprints);
                    if (wide) {
                        kept.readTags(from, count, tags);
                    }
                    for (int i = 0; i < count; i++) {
                        round.enter(
                                OffHeap.getLong(fingerprints + (long) i * Long.BYTES),
                                wide ? OffHeap.getShort(tags + (long) i * Short.BYTES) : 0);
                    }
                }
            }
            kept.openAt(states, wide, level + 1, ofNext, bytes);
        }

        private Exploration.@Nullable Stop expandLevel() {
            long size = frontier.size();
            long levelFirst = log.size() - next.size() - size;
            for (Worker worker : workers) {
                worker.level = level;
            }
            Exploration.@Nullable Stop stop = null;
            long begin = expandedBefore;
            expandedBefore = 0;
            for (long first = begin; first < size && stop == null; first += roundStates) {
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
                    append(states, more);
                }
                collectBreaches(levelFirst + first);
                stop = limitReached();
                if (checkpoint != null && !overflown) {
                    markWhenDue(checkpoint, stop == null ? MARK_WITHIN_AFTER : 0, Math.min(size, first + roundStates));
                }
            }
            foundBefore.addAll(found.keySet());
            unwatch(found.keySet());
            return stop;
        }

        private void append(int states, int more) {
            long words = next.append(more);
            long entries = log.append(more);
            round.append(states, words, entries);
            if (checkpoint != null) {
                checkpoint.append(
                        more, round.fingerprints(), round.tags(), entries, words, model.layout().words() * Long.BYTES);
            }
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

        private void unwatch(Set<Property> done) {
            long open = 0;
            for (Property property : model.judged()) {
                if (!done.contains(property)) {
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
            return secondsBefore + (System.nanoTime() - begun) / 1e9;
        }

        private long represented() {
            long represented = 0;
            for (Worker worker : workers) {
                represented += worker.represented;
            }
            return represented;
        }

        private long seen() {
            long seen = 0;
            for (Worker worker : workers) {
                seen |= worker.seen | worker.successors.seen();
            }
            return seen;
        }

        private BitSet moved() {
            BitSet moved = BitSet.valueOf(movedBefore.toLongArray());
            for (Worker worker : workers) {
                moved.or(worker.successors.movedSources());
            }
            return moved;
        }

        private Exploration result(Exploration.Stop stop) {
            BitSet moved = moved();
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
            List<Boolean> movers = new ArrayList<>();
            for (int m = 0; m < model.movers().size(); m++) {
                movers.add(moved.get(m));
            }
            return new Exploration(
                    end,
                    model.mergesPages() ? represented() : round.states(),
                    round.states(),
                    transitions(),
                    level,
                    breaches,
                    seen(),
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
