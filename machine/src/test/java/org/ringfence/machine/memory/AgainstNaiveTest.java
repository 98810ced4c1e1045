package org.ringfence.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.ringfence.machine.memory.CacheOptions.Coherence;
import org.ringfence.machine.memory.MemoryOptions.CrossKey;
import org.ringfence.machine.memory.NaiveMemory.Place;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** Memory with caches does what {@link NaiveMemory} does, whatever is asked of it in whatever order. */
class AgainstNaiveTest {
    private static final int FRAMES = 2;
    private static final int PACKAGES = 2;

    enum Kind {
        LOAD,
        STORE,
        READ,
        WRITE,
        PART,
        FLUSH,
        EVICT,
        WBINVD,
        WBNOINVD,
        INVD,
        NEW_KEY
    }

    record Move(Kind kind, int owner, int frame, int keyId, Value value) {}

    record Setup(boolean li, boolean coherent, boolean keepsClean, boolean erratum, boolean large, boolean tagged) {}

    @Provide
    Arbitrary<List<Move>> moves() {
        return Combinators.combine(
                Arbitraries.of(Kind.class),
                Arbitraries.integers().between(0, PACKAGES - 1),
                Arbitraries.integers().between(0, FRAMES - 1),
                Arbitraries.integers().between(0, 4),
                Arbitraries.of(Value.class))
                .as(Move::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<Setup> setups() {
        Arbitrary<Boolean> either = Arbitraries.of(true, false);
        return Combinators.combine(either, either, either, either, either, either).as(Setup::new);
    }

    @Property(tries = 3000)
    void itDoesWhatTheSourcesSay(@ForAll("setups") Setup setup, @ForAll("moves") List<Move> moves) {
        // ten slots of one set are room for every line of two frames under five KeyIDs
        CacheOptions caches = setup.tagged
                ? CacheOptions.setAssociative(PACKAGES, 1, 10)
                : CacheOptions.everyLine(PACKAGES).withCleanLines();
        if (!setup.keepsClean) {
            caches = new CacheOptions(PACKAGES, caches.sets(), caches.ways(), false, caches.coherence(), caches.invd());
        }
        MemoryOptions options = MemoryOptions.tdx(MemoryBench.KEYS)
                .withPoison()
                .withKeyChanges(1)
                .with(setup.coherent ? caches.with(Coherence.ACROSS_KEYS) : caches);
        options = setup.li ? options.logical(CrossKey.JUNK) : options;
        options = setup.large ? options.withoutMoves() : options;
        MemoryOptions chosen = setup.erratum ? options.withPartialWriteErratum() : options;
        Layout.Placed<Memory> placed = Layout.of(
                setup.large ? Layout.Storage.LARGE : Layout.Storage.PACKED,
                FRAMES,
                1,
                declaration -> Memory.declare(declaration, new Geometry(FRAMES, FRAMES, 1), chosen));
        Memory memory = placed.machine();
        State state = placed.layout().newState();
        NaiveMemory naive = new NaiveMemory(setup.li, setup.coherent, setup.keepsClean, setup.erratum);

        for (Move move : moves) {
            List<Place> order = order(memory.caches().table(), state);
            assertThat(perform(memory, state, move)).as(move.toString()).isEqualTo(perform(naive, move, order));
            assertSame(memory, state, naive, move);
        }
    }

    private static String perform(Memory memory, State state, Move move) {
        switch (move.kind) {
            case LOAD -> {
                return MemoryBench.print(memory.load(state, move.owner, move.frame, move.keyId));
            }
            case READ -> {
                String looked = MemoryBench.print(memory.look(state, move.frame, move.keyId));
                String found = MemoryBench.print(memory.read(state, move.frame, move.keyId));
                if (memory.caches().options().coherence() == Coherence.WITHIN_KEY) {
                    assertThat(looked).isEqualTo(found);
                }
                return found;
            }
            case STORE -> memory.store(state, move.owner, move.frame, move.value, move.keyId);
            case WRITE -> memory.write(state, move.frame, move.value, move.keyId);
            case PART -> memory.writePartially(state, move.frame, 0, move.value, move.keyId);
            case FLUSH -> memory.caches().flush(state, move.frame, 0, move.keyId);
            case EVICT -> {
                int slot = memory.caches().find(state, move.frame, 0, move.keyId);
                if (slot >= 0) {
                    memory.caches().evict(state, slot);
                }
            }
            case WBINVD -> memory.caches().writeBackAndInvalidate(state, move.owner);
            case WBNOINVD -> memory.caches().writeBack(state, move.owner);
            case INVD -> memory.caches().invalidate(state, move.owner);
            case NEW_KEY -> memory.changeKey(state, privateOf(move));
        }
        return "";
    }

    private static String perform(NaiveMemory naive, Move move, List<Place> order) {
        switch (move.kind) {
            case LOAD -> {
                return naive.load(move.owner, move.frame, move.keyId);
            }
            case READ -> {
                return naive.read(move.frame, move.keyId);
            }
            case STORE -> naive.store(move.owner, move.frame, move.keyId, move.value);
            case WRITE -> naive.write(move.frame, move.keyId, move.value);
            case PART -> naive.part(move.frame, move.keyId, move.value);
            case FLUSH -> naive.flush(move.frame, move.keyId);
            case EVICT -> naive.evict(move.frame, move.keyId);
            case WBINVD -> naive.wbinvd(move.owner, order);
            case WBNOINVD -> naive.wbnoinvd(move.owner, order);
            case INVD -> naive.invd(move.owner);
            case NEW_KEY -> naive.newKey(privateOf(move));
        }
        return "";
    }

    /** What is cached, in the order of slots. */
    private static List<Place> order(CacheTable table, State state) {
        return IntStream.range(0, table.slots())
                .filter(slot -> table.content(state, slot) != 0)
                .mapToObj(slot -> new Place(table.frame(state, slot), table.keyId(state, slot)))
                .toList();
    }

    private static int privateOf(Move move) {
        return 3 + move.keyId % 2;
    }

    private static void assertSame(Memory memory, State state, NaiveMemory naive, Move move) {
        for (int frame = 0; frame < FRAMES; frame++) {
            NaiveMemory.Dram line =
                    naive.dram.getOrDefault(frame, new NaiveMemory.Dram(Value.ZERO, 0, false, false));
            assertThat(memory.value().get(state, frame)).as(move.toString()).isEqualTo(line.value());
            assertThat(memory.writtenUnder().get(state, frame)).as(move.toString()).isEqualTo(line.keyId());
            assertThat(memory.isPoisoned(state, frame, 0)).as(move.toString()).isEqualTo(line.poison());
            for (int keyId = 0; keyId <= 4; keyId++) {
                NaiveMemory.Copy copy = naive.cache.get(new Place(frame, keyId));
                assertThat(memory.caches().find(state, frame, 0, keyId) >= 0).isEqualTo(copy != null);
                assertThat(memory.caches().isDirty(state, frame, 0, keyId)).isEqualTo(copy != null && copy.dirty());
            }
        }
    }

    @Property
    void afterWbinvdOnEveryPackageNoLineIsDirtyAndMemoryHasWhatIsRead(@ForAll("moves") List<Move> moves) {
        MemoryBench bench = bench(moves);
        Memory memory = bench.memory;
        for (int owner = 0; owner < PACKAGES; owner++) {
            memory.caches().writeBackAndInvalidate(bench.state, owner);
        }
        for (int slot = 0; slot < memory.caches().slots(); slot++) {
            assertThat(memory.caches().isUsed(bench.state, slot)).isFalse();
        }
        for (int owner = 0; owner < PACKAGES; owner++) {
            assertThat(memory.caches().anyDirty(bench.state, owner)).isFalse();
        }
    }

    @Property
    void invdLeavesMemoryAsItWas(@ForAll("moves") List<Move> moves) {
        MemoryBench bench = bench(moves);
        List<String> before = memoryOf(bench);
        for (int owner = 0; owner < PACKAGES; owner++) {
            bench.memory.caches().invalidate(bench.state, owner);
        }
        assertThat(memoryOf(bench)).isEqualTo(before);
        assertThat(bench.memory.caches().anyDirty(bench.state, 0)).isFalse();
        assertThat(bench.memory.caches().anyDirty(bench.state, 1)).isFalse();
    }

    @Property
    void poisonStaysUntilAFullLineIsWritten(@ForAll("moves") List<Move> moves) {
        MemoryBench bench = bench(List.of());
        Memory memory = bench.memory;
        memory.write(bench.state, 0, Value.HOST, 0);
        memory.read(bench.state, 0, 3);
        for (Move move : moves) {
            boolean writesBack = memory.caches().isDirty(bench.state, 0, 0, move.keyId)
                    || memory.caches().anyDirty(bench.state, move.owner);
            perform(memory, bench.state, move);
            boolean written = move.kind == Kind.WRITE && move.frame == 0;
            if (!written && !writesBack) {
                assertThat(memory.isPoisoned(bench.state, 0, 0)).as(move.toString()).isTrue();
            } else {
                break;
            }
        }
    }

    private static List<String> memoryOf(MemoryBench bench) {
        return bench.layout.describe(bench.state).stream()
                .filter(line -> line.startsWith("memory"))
                .toList();
    }

    private static MemoryBench bench(List<Move> moves) {
        MemoryBench bench = new MemoryBench(List.of("ci", "poison", "changes", "caches"), Layout.Storage.PACKED);
        moves.forEach(move -> perform(bench.memory, bench.state, move));
        return bench;
    }
}
