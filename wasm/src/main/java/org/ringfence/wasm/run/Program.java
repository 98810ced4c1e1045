package org.ringfence.wasm.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.learn.RoutineRefused;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.wasm.imports.GenericImports;
import org.ringfence.wasm.imports.Import;
import org.ringfence.wasm.imports.ImportCall;
import org.ringfence.wasm.imports.Reply;
import org.ringfence.wasm.imports.Signature;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.shared.SharedRanges;
import run.endive.wasm.WasmEngineException;

/**
 * A module with its entry and arguments, and every point at which it has stood so far. What follows a point and a reply
 * is run once; after that it is known.
 */
public final class Program {
    private final WasmFile file;
    private final Geometry geometry;
    private final SharedRanges shared;
    private final int entry;
    private final long[] arguments;
    private final Sites sites;
    private final Map<String, Snapshot> snapshots = new HashMap<>();
    private @Nullable Stand first;
    private @Nullable Running running;
    private @Nullable Snapshot left;
    private int steps;
    private int instances;
    private long nanos;

    /**
     * A module at its beginning.
     *
     * @param entry a function that it exports
     * @param arguments as many as that takes
     * @param shared memory of it that is the machine's
     */
    public Program(WasmFile file, String entry, List<Long> arguments, Geometry geometry, SharedRanges shared) {
        this.shared = shared;
        this.file = file;
        this.geometry = geometry;
        this.entry = file.exported(entry).orElseThrow();
        this.arguments = arguments.stream().mapToLong(Long::longValue).toArray();
        this.sites = new Sites(file);
    }

    /**
     * Makes an instance of a module, as running it does.
     *
     * @throws IllegalArgumentException with a sentence where that cannot be done
     */
    public static void requireInstance(WasmFile file) {
        try {
            new Running(file, 0, new long[0], SharedRanges.NONE);
        } catch (WasmEngineException | IndexOutOfBoundsException | IllegalArgumentException failed) {
            throw new IllegalArgumentException(
                    "module %s cannot be loaded (%s)".formatted(file.name(), failed.getMessage()));
        }
    }

    /** What this cost. */
    public record Cost(int snapshots, long bytes, int steps, int instances, double seconds) {
        @Override
        public String toString() {
            return "%,d snapshots in %,d bytes, %,d steps in %,d instances, %,.0f a second".formatted(
                    snapshots, bytes, steps, instances, seconds == 0 ? 0 : steps / seconds);
        }
    }

    /** What all of it has cost so far. */
    public synchronized Cost cost() {
        long bytes = snapshots.values().stream().mapToLong(Snapshot::bytes).sum();
        return new Cost(snapshots.size(), bytes, steps, instances, nanos / 1e9);
    }

    /** Runs to the first import. */
    public synchronized Stand start() {
        if (first == null) {
            first = keep(step(null, Reply.NOTHING));
        }
        return first;
    }

    /** The point of this {@link Snapshot#hash}. */
    public synchronized Snapshot at(String hash) {
        return Objects.requireNonNull(snapshots.get(hash));
    }

    /** Runs from {@code from}, with what the import gave back, to the next import. */
    public synchronized Stand resume(Snapshot from, Reply reply) {
        Stand known = from.next().get(reply);
        if (known == null) {
            known = keep(step(from, reply));
            from.next().put(reply, known);
        }
        return known;
    }

    private Stand step(@Nullable Snapshot from, Reply reply) {
        long begun = System.nanoTime();
        steps++;
        if (running == null) {
            running = new Running(file, entry, arguments, shared);
            instances++;
        }
        Stand stand = from == null ? running.start() : running.resume(left, from, reply);
        switch (stand) {
            case Stand.Calls(Snapshot at) -> left = at;
            case Stand.Ended() -> left = null;
            // The interpreter's stack is not empty.
            case Stand.Panicked(String reason) -> {
                left = null;
                running = null;
            }
        }
        nanos += System.nanoTime() - begun;
        return stand;
    }

    private Stand keep(Stand stand) {
        if (!(stand instanceof Stand.Calls(Snapshot at))) {
            return stand;
        }
        Snapshot same = snapshots.putIfAbsent(at.hash(), at);
        if (same != null) {
            left = same;
            return new Stand.Calls(same);
        }
        return stand;
    }

    /** Makes the call that the module stands at. */
    public Reply perform(Cpu cpu, Snapshot at) {
        Import imported = file.imported().get(at.imported());
        return imported.work().of(new Standing(cpu, at, sites.at(at.address(), imported.name()), imported));
    }

    /** Whether the module stands at a call that does nothing but give up. */
    public boolean givesUp(Snapshot at) {
        return GenericImports.givesUp(file.imported().get(at.imported()));
    }

    /** The panic of such a call. */
    public Panic panic(Cpu cpu, Snapshot at) {
        try {
            perform(cpu, at);
        } catch (Panic reason) {
            return reason;
        }
        throw new IllegalStateException(at + " does not give up");
    }

    private final class Standing implements ImportCall {
        private final Cpu cpu;
        private final Snapshot at;
        private final Site site;
        private final Import imported;

        Standing(Cpu cpu, Snapshot at, Site site, Import imported) {
            this.cpu = cpu;
            this.at = at;
            this.site = site;
            this.imported = imported;
        }

        @Override
        public long argument(int index) {
            long value = at.argument(index);
            List<Signature.Type> parameters = imported.signature().parameters();
            boolean narrow = index < parameters.size() && parameters.get(index) == Signature.Type.I32;
            return narrow ? value & 0xFFFF_FFFFL : value;
        }

        @Override
        public long read(long address) {
            requireIn(address, Long.BYTES);
            long value = 0;
            for (int i = Long.BYTES - 1; i >= 0; i--) {
                value = value << Byte.SIZE | at.read((int) address + i) & 0xFF;
            }
            return value;
        }

        @Override
        public String text(long address) {
            StringBuilder text = new StringBuilder();
            for (long i = address;; i++) {
                requireIn(i, 1);
                byte one = at.read((int) i);
                if (one == 0) {
                    return text.toString();
                }
                text.append(one >= ' ' && one < 0x7F ? (char) one : '?');
            }
        }

        private void requireIn(long address, int bytes) {
            if (address < 0 || address > at.size() - bytes) {
                throw panic("%s: %s is given the address 0x%X, which is not in its memory, at %s"
                        .formatted(file.name(), imported.name(), address, place()));
            }
        }

        @Override
        public Geometry geometry() {
            return geometry;
        }

        @Override
        public List<Long> constants() {
            return file.constants();
        }

        @Override
        public <R> R ask(Operation<R> operation) {
            return site.ask(cpu, operation);
        }

        @Override
        public boolean is(Answer answer, long value) {
            return site.is(answer, value);
        }

        @Override
        public long loadShared(long address, int bytes) {
            SharedRanges.Placed range = shared.at(address, bytes).orElseThrow();
            return range.region().load(this, (int) (address - range.address()), bytes);
        }

        @Override
        public void storeShared(long address, int bytes, long value) {
            SharedRanges.Placed range = shared.at(address, bytes).orElseThrow();
            range.region().store(this, (int) (address - range.address()), bytes, value);
        }

        @Override
        public RuntimeException panic(String reason) {
            return new Panic(reason);
        }

        @Override
        public RuntimeException refused(String sentence) {
            return new RoutineRefused("module %s %s, at %s".formatted(file.name(), sentence, place()));
        }

        private String place() {
            return file.line(at.address())
                    .map(line -> "%s:%d".formatted(line.file(), line.line()))
                    .orElse("%s, 0x%X".formatted(file.function(at.address()), at.address()));
        }
    }
}
