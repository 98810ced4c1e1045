package org.ringfence.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** Memory of real size: 1 TiB, page-sized lines, 64 KeyIDs, caches of 32,768 lines a machine. */
class LargeMemoryTest {
    private static final MemoryOptions OPTIONS = MemoryOptions.tdx(new KeyIds(15, 48))
            .withPoison()
            .withKeyChanges(0xFFFF)
            .with(CacheOptions.setAssociative(2, 4096, 8));

    private static Layout.Placed<Memory> declare(int frames) {
        return Layout.of(
                Layout.Storage.LARGE,
                frames,
                1,
                declaration -> Memory.declare(declaration, new Geometry(1, frames, 1), OPTIONS));
    }

    @Test
    @Tag("soak")
    void aTebibyteTakesAWordAFrameAndIsWrittenInSeconds() {
        int frames = 1 << 28;
        Layout.Placed<Memory> placed = declare(frames);
        Memory memory = placed.machine();
        State state = placed.layout().newState();
        assertThat(placed.layout().large()).as("words of memory, KET and cache").containsExactly(1 << 28, 16, 32768);

        long begun = System.nanoTime();
        for (int frame = 0; frame < frames; frame++) {
            memory.write(state, frame, Value.ZERO, 16 + frame % 48);
        }
        for (int frame = 0; frame < frames; frame++) {
            assertZero(memory.read(state, frame, 16 + frame % 48), frame);
        }
        assertThat(System.nanoTime() - begun).as("nanoseconds").isLessThan(120_000_000_000L);
        assertThat(memory.read(state, frames - 1, 16 + frames % 48)).isEqualTo(Memory.POISON);
    }

    private static void assertZero(int found, int frame) {
        if (found != Value.ZERO.ordinal()) {
            throw new AssertionError("frame " + frame + " reads " + MemoryBench.print(found));
        }
    }

    @Test
    void aStoreTakesTheSameSpaceHoweverMuchMemoryThereIs() {
        assertThat(declare(1 << 12).layout().large().getLast()).isEqualTo(declare(1 << 20).layout().large().getLast());
    }

    @Test
    void whereCiphertextMovesNowhereALineTakesAQuarterOfAWordAndCannotBeCopied() {
        MemoryOptions options = MemoryOptions.tdx(new KeyIds(15, 48)).withPoison().withoutMoves();
        Layout.Placed<Memory> placed = Layout.of(
                Layout.Storage.LARGE, 1 << 12, 1,
                declaration -> Memory.declare(declaration, new Geometry(1, 1 << 12, 1), options));
        assertThat(placed.layout().large().getFirst()).isEqualTo(1 << 10);
        assertThat(placed.layout().bytes()).isEqualTo((1 << 13) + 8);
        State state = placed.layout().newState();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> placed.machine().copyRaw(state, 0, 1))
                .hasMessage("the machine's lines do not tell where they were encrypted");
    }

    @Test
    void moreDirtyLinesThanTheCacheHoldsAreWrittenBackAndReadAsStored() {
        int frames = 1 << 17;
        Layout.Placed<Memory> placed = declare(frames);
        Memory memory = placed.machine();
        State state = placed.layout().newState();
        for (int frame = 0; frame < frames; frame++) {
            memory.store(state, frame % 2, frame, Value.DATA, 16);
        }
        for (int frame = 0; frame < frames; frame++) {
            assertThat(memory.look(state, frame, 16)).isEqualTo(Value.DATA.ordinal());
        }
        assertThat(memory.caches().anyDirty(state, 0)).isTrue();
        memory.caches().writeBackAndInvalidate(state, 0);
        assertThat(memory.caches().anyDirty(state, 0)).isFalse();
        memory.caches().writeBackAndInvalidate(state, 1);
        for (int frame = 0; frame < frames; frame++) {
            assertThat(memory.value().get(state, frame)).isEqualTo(Value.DATA);
            assertThat(memory.isOwned(state, frame, 0)).isTrue();
        }
    }

    @Test
    void aKeyThatChangesMoreOftenThanLinesCanTellIsRefused() {
        Layout.Placed<Memory> placed = declare(16);
        State state = placed.layout().newState();
        for (int change = 0; change < 0xFFFF; change++) {
            placed.machine().changeKey(state, 16);
        }
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> placed.machine().changeKey(state, 16))
                .hasMessage("KeyID 16 gets its 65537th key; the machine's lines tell 65536 apart");
    }
}
