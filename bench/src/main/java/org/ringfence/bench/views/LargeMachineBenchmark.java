package org.ringfence.bench.views;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.ringfence.bench.peers.accept.AcceptModel;
import org.ringfence.bench.peers.rmp.RmpModel;
import org.ringfence.checker.explore.Explorer;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Watcher;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * 268 million entries of 8 bytes, the page table of 1 TiB, updated through views and, doing the same work, in a plain
 * loop over the same number of words: each update checks one field and writes another. Before measuring, the same view
 * classes have served the checker in this JVM, so that nothing the compiler knows of them is peculiar to this loop.
 */
@org.openjdk.jmh.annotations.State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 3)
@Fork(value = 1, jvmArgsAppend = {"-Xmx6g", "-XX:+UseParallelGC", "--enable-native-access=ALL-UNNAMED"})
public class LargeMachineBenchmark {
    private static final int ENTRIES = 1 << 28;
    private static final int RANDOM_UPDATES = 1 << 24;
    private static final int SCATTER = 0x9E3779B1;

    private static final int STATE_SHIFT = 40;
    private static final long STATE_MASK = 7;
    private static final long VALID = 1L << 43;

    private record Entry(Bits owner, Bounded state, Flag valid, Bits rest) {
        static Entry declare(Declaration declaration) {
            Table table = declaration.table("entry", "page", ENTRIES);
            return new Entry(
                    table.bits("owner", 40), table.bounded("state", 7), table.flag("valid"), table.bits("rest", 20));
        }
    }

    private State state = emptyState();
    private Entry entry = placed().machine();
    private long[] words = new long[0];

    private static Layout.Placed<Entry> placed() {
        return Layout.of(Layout.Storage.LARGE, 1, 1, Entry::declare);
    }

    private static State emptyState() {
        return Layout.of(Layout.Storage.PACKED, 1, 1, declaration -> declaration.single("none").flag("none"))
                .layout()
                .newState();
    }

    /** Lets the checker use the views, then makes one of the two machines: both would not fit a modest heap. */
    @Setup(Level.Trial)
    public void prepare(org.openjdk.jmh.infra.BenchmarkParams parameters) {
        Limits limits = new Limits(Limits.NARROW, 4L << 30, java.time.Duration.ofMinutes(5), 1);
        Explorer.explore(AcceptModel.of(4, false), limits, Watcher.patient());
        Explorer.explore(RmpModel.of(3, 2, false), limits, Watcher.patient());
        if (parameters.getBenchmark().contains("Benchmark.views")) {
            Layout.Placed<Entry> placed = placed();
            entry = placed.machine();
            state = placed.layout().newState();
        } else {
            words = new long[ENTRIES];
        }
    }

    /** Through views, in order. */
    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public void viewsInOrder() {
        update(state, entry);
    }

    private static void update(State state, Entry entry) {
        Bounded states = entry.state;
        Flag valid = entry.valid;
        for (int i = 0; i < ENTRIES; i++) {
            if (states.get(state, i) != 5) {
                valid.set(state, i, true);
            }
        }
    }

    /** The same work on plain words, in order. */
    @Benchmark
    @OperationsPerInvocation(ENTRIES)
    public void plainInOrder() {
        long[] all = words;
        for (int i = 0; i < ENTRIES; i++) {
            long word = all[i];
            if ((word >>> STATE_SHIFT & STATE_MASK) != 5) {
                all[i] = word & ~VALID | VALID;
            }
        }
    }

    /** Through views, scattered. */
    @Benchmark
    @OperationsPerInvocation(RANDOM_UPDATES)
    public void viewsAtRandom() {
        scatter(state, entry);
    }

    private static void scatter(State state, Entry entry) {
        Bounded states = entry.state;
        Flag valid = entry.valid;
        for (int i = 0; i < RANDOM_UPDATES; i++) {
            int at = i * SCATTER & ENTRIES - 1;
            if (states.get(state, at) != 5) {
                valid.set(state, at, true);
            }
        }
    }

    /** The same work on plain words, scattered. */
    @Benchmark
    @OperationsPerInvocation(RANDOM_UPDATES)
    public void plainAtRandom() {
        long[] all = words;
        for (int i = 0; i < RANDOM_UPDATES; i++) {
            int at = i * SCATTER & ENTRIES - 1;
            long word = all[at];
            if ((word >>> STATE_SHIFT & STATE_MASK) != 5) {
                all[at] = word & ~VALID | VALID;
            }
        }
    }
}
