package org.ringfence.checker.explore;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Fingerprint;

/**
 * Breadth-first search of all that a model can do, on several threads, with one answer whatever their number.
 *
 * <p>Fingerprints fall into groups by their topmost bits, and each group has its own segment of the table. A level is expanded in rounds
 * of at most 2^16 states. First the threads expand consecutive pieces of the round and file what they find by group; then each group is
 * taken by one thread, which enters what was found into the group's segment in the order of the frontier, thread by thread; last the new
 * states are appended to the next level in the order of their parents. So no word is written by two threads, nothing is locked, and which
 * parent a state gets, where it stands in the next level, and hence every trace, is the same with one thread or many. Entering also has
 * what a random-access table wants: many probes known at once, all in one segment.
 */
public final class Explorer {
    private static final int TOUCHED = 32;
    private static final int ALONE = 1_024;
    private static final int RECENT_BITS = 12;
    private static final int GLANCES = 20;

    /** States that the last round may find beyond the limit; where it finds more, the search ends without them. */
    private static final long BEYOND = 1 << 24;

    private final Model model;
    private final Limits limits;
    private final Watcher watcher;
    private final int round;

    private Explorer(Model model, Limits limits, Watcher watcher, int round) {
        this.model = model;
        this.limits = limits;
        this.watcher = watcher;
        this.round = round;
    }

    /** Explores {@code model} within {@code limits}. */
    public static Exploration explore(Model model, Limits limits, Watcher watcher) {
        return explore(model, limits, watcher, ParentLog.ROUND / 2);
    }

    static Exploration explore(Model model, Limits limits, Watcher watcher, int round) {
        Explorer explorer = new Explorer(model, limits, watcher, round);
        try (Search search = explorer.new Search()) {
            return search.run();
        }
    }

    /** One search, with all that it holds outside the heap. */
    private final class Search implements AutoCloseable {
        private final Expander expander = Expansion.forModel(model);
        private final Worker[] workers = new Worker[limits.threads()];
        private final FingerprintSet[] table = new FingerprintSet[Worker.GROUPS];
        private final Recent[] recent = new Recent[Worker.GROUPS];
        private final ParentLog log;
        private final ExecutorService threads;
        private final EnumMap<Property, Worker.Breach> found = new EnumMap<>(Property.class);
        private final EnumSet<Property> foundBefore = EnumSet.noneOf(Property.class);
        private final long[][] fresh = new long[Worker.GROUPS][0];
        private final int[] freshLength = new int[Worker.GROUPS];
        private final int[] placeStart = new int[ParentLog.ROUND + 1];
        private final long most;
        private volatile boolean overflown;
        private boolean interrupted;
        private long levelFirst;
        private final boolean wide = limits.states() > Limits.NARROW && !model.isExact();
        private final long begun = System.nanoTime();
        private Frontier frontier;
        private Frontier next;
        private int level;
        private long mostBytes;
        private long lastGlance;

        Search() {
            most = limits.states() + BEYOND;
            int width = model.layout().words();
            for (int t = 0; t < workers.length; t++) {
                workers[t] = new Worker(model);
            }
            for (int g = 0; g < table.length; g++) {
                recent[g] = new Recent(RECENT_BITS, (g ^ 1L) << Long.SIZE - Worker.GROUP_BITS);
                table[g] = new FingerprintSet(Worker.GROUP_BITS, most / Worker.GROUPS * 9 / 8 + ParentLog.ROUND, wide);
            }
            log = new ParentLog(most);
            frontier = new Frontier(width, most);
            next = new Frontier(width, most);
            threads = Executors.newFixedThreadPool(
                    limits.threads(), Thread.ofPlatform().daemon().name("explorer-", 0).factory());
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
            long fingerprint = workers[0].represent(words, 0);
            int group = (int) (fingerprint >>> 64 - Worker.GROUP_BITS);
            table[group].add(fingerprint, tag(words));
            write(frontier.append(1), words);
            OffHeap.putInt(log.append(1), 0);
        }

        private Exploration.@Nullable Stop expandLevel() {
            long size = frontier.size();
            levelFirst = log.size() - size;
            for (Worker worker : workers) {
                worker.level = level;
            }
            Exploration.@Nullable Stop stop = null;
            for (long first = 0; first < size && stop == null; first += round) {
                int states = (int) Math.min(round, size - first);
                log.beginRound(levelFirst + first);
                if (states < ALONE || workers.length == 1) {
                    expander.expand(workers[0], frontier.address(first), states, 0);
                    for (int g = 0; g < Worker.GROUPS; g++) {
                        enter(g, workers[0]);
                    }
                } else {
                    expandTogether(first, states);
                }
                if (interrupted) {
                    stop = Exploration.Stop.INTERRUPTED;
                    break;
                }
                append(states);
                collectBreaches(levelFirst + first);
                stop = limitReached();
            }
            foundBefore.addAll(found.keySet());
            unwatch();
            return stop;
        }

        private void expandTogether(long first, int states) {
            List<Callable<Void>> pieces = new ArrayList<>();
            for (int t = 0; t < workers.length; t++) {
                Worker worker = workers[t];
                int from = (int) ((long) states * t / workers.length);
                int to = (int) ((long) states * (t + 1) / workers.length);
                pieces.add(() -> {
                    expander.expand(worker, frontier.address(first + from), to - from, from);
                    return null;
                });
            }
            together(pieces);
            if (interrupted) {
                return;
            }
            AtomicInteger nextGroup = new AtomicInteger();
            List<Callable<Void>> entering = new ArrayList<>();
            for (Worker worker : workers) {
                entering.add(() -> {
                    for (int g = nextGroup.getAndIncrement(); g < Worker.GROUPS; g = nextGroup.getAndIncrement()) {
                        enter(g, worker);
                    }
                    return null;
                });
            }
            together(entering);
        }

        private void together(List<Callable<Void>> tasks) {
            try {
                for (Future<Void> done : threads.invokeAll(tasks)) {
                    done.get();
                }
            } catch (InterruptedException e) {
                interrupted = true;
                awaitThreads();
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                if (e.getCause() instanceof Error cause) {
                    throw cause;
                }
                throw new IllegalStateException(e.getCause());
            }
        }

        /** Enters what all workers found for a group, in the order of the frontier; what was new is kept with {@code fresh}. */
        private void enter(int group, Worker mine) {
            int entry = mine.entry;
            int more = 0;
            for (Worker worker : workers) {
                if (!wide) {
                    worker.foundLength[group] =
                            recent[group].drop(worker.found[group], worker.foundLength[group], entry);
                }
                more += worker.foundLength[group];
            }
            if (more == 0) {
                return;
            }
            FingerprintSet set = table[group];
            if (!set.canHold(more / entry)) {
                overflown = true;
                for (Worker worker : workers) {
                    worker.foundLength[group] = 0;
                }
                return;
            }
            set.reserve(more / entry);
            if (fresh[group].length < more) {
                fresh[group] = new long[more + more / 4];
            }
            long[] mineFresh = fresh[group];
            int count = 0;
            for (Worker worker : workers) {
                long[] buffer = worker.found[group];
                int length = worker.foundLength[group];
                worker.foundLength[group] = 0;
                int touched = Math.min(length, TOUCHED * entry);
                set.touch(buffer, 0, touched, entry);
                for (int block = 0; block < length; block += TOUCHED * entry) {
                    int end = touched;
                    touched = Math.min(length, end + TOUCHED * entry);
                    set.touch(buffer, end, touched, entry);
                    count = wide
                            ? addWide(set, buffer, block, end, entry, mineFresh, count)
                            : set.add(buffer, block, end, entry, mineFresh, count);
                }
            }
            freshLength[group] = count;
        }

        private static int addWide(
                FingerprintSet set, long[] buffer, int from, int to, int entry, long[] fresh, int count) {
            int end = count;
            for (int i = from; i < to; i += entry) {
                if (set.add(buffer[i], tag(buffer, i + 2, entry - 2))) {
                    System.arraycopy(buffer, i, fresh, end, entry);
                    end += entry;
                }
            }
            return end;
        }

        /** Appends the round's new states to the next level, in the order of their parents: neighbours have much in common. */
        private void append(int states) {
            int entry = workers[0].entry;
            boolean exact = workers[0].exact;
            int width = workers[0].width;
            int[] at = placeStart;
            java.util.Arrays.fill(at, 0, states + 1, 0);
            int all = 0;
            for (int g = 0; g < Worker.GROUPS; g++) {
                long[] its = fresh[g];
                for (int i = 0; i < freshLength[g]; i += entry) {
                    at[(int) (its[i + 1] >>> 16) + 1]++;
                    all++;
                }
            }
            if (log.size() + all > most) {
                overflown = true;
                java.util.Arrays.fill(freshLength, 0);
                return;
            }
            for (int p = 0; p < states; p++) {
                at[p + 1] += at[p];
            }
            long stateAddress = next.append(all);
            long logAddress = log.append(all);
            for (int g = 0; g < Worker.GROUPS; g++) {
                long[] its = fresh[g];
                for (int i = 0; i < freshLength[g]; i += entry) {
                    long reference = its[i + 1];
                    long position = at[(int) (reference >>> 16)]++;
                    OffHeap.putInt(logAddress + position * Integer.BYTES, (int) reference);
                    if (exact) {
                        OffHeap.putLong(stateAddress + position * Long.BYTES, Fingerprint.unmix(its[i]));
                    } else {
                        for (int w = 0; w < width; w++) {
                            OffHeap.putLong(stateAddress + (position * width + w) * Long.BYTES, its[i + 2 + w]);
                        }
                    }
                }
                freshLength[g] = 0;
            }
        }

        private static short tag(long[] words) {
            return tag(words, 0, words.length);
        }

        /** 16 bits of the words that the fingerprint does not determine. */
        private static short tag(long[] words, int from, int count) {
            long hash = 0x5851F42D4C957F2DL;
            for (int w = from; w < from + count; w++) {
                hash = (hash ^ words[w]) * 0xD6E8FEB86659FD93L;
                hash ^= hash >>> 32;
            }
            return (short) hash;
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
            return new Watcher.Glance(states(), transitions(), level, frontier.size() + next.size(), bytes(),
                    seconds());
        }

        private Exploration.@Nullable Stop limitReached() {
            long bytes = bytes();
            mostBytes = Math.max(mostBytes, bytes);
            if (overflown || states() > limits.states()) {
                return Exploration.Stop.STATES;
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
                    return Exploration.Stop.INTERRUPTED;
                }
            }
            return null;
        }

        private long states() {
            long states = 0;
            for (FingerprintSet set : table) {
                states += set.size();
            }
            return states;
        }

        private long transitions() {
            long transitions = 0;
            for (Worker worker : workers) {
                transitions += worker.transitions;
            }
            return transitions;
        }

        private long bytes() {
            long bytes = log.bytes() + frontier.bytes() + next.bytes();
            for (FingerprintSet set : table) {
                bytes += set.bytes();
            }
            return bytes;
        }

        private double seconds() {
            return (System.nanoTime() - begun) / 1e9;
        }

        private Exploration result(Exploration.Stop stop) {
            long seen = 0;
            long moved = 0;
            for (Worker worker : workers) {
                seen |= worker.seen | worker.successors.seen();
                moved |= worker.successors.movedSources();
            }
            double seconds = seconds();
            long bytes = bytes();
            Map<Property, Path> breaches = new EnumMap<>(Property.class);
            found.forEach((property, breach) -> breaches.put(property, path(property, breach)));
            List<Boolean> movers = new ArrayList<>();
            for (int m = 0; m < model.movers().size(); m++) {
                movers.add((moved >>> m & 1) != 0);
            }
            return new Exploration(
                    stop,
                    states(),
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
            awaitThreads();
            for (FingerprintSet set : table) {
                set.close();
            }
            log.close();
            frontier.close();
            next.close();
        }

        /** Memory must not be given back while a thread of an interrupted search still works in it. */
        private void awaitThreads() {
            threads.shutdownNow();
            boolean interrupted = false;
            while (!threads.isTerminated()) {
                try {
                    threads.awaitTermination(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
