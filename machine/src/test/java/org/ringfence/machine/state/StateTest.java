package org.ringfence.machine.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class StateTest {
    private record Views(Word word, Bounded small) {}

    private static Layout.Placed<Views> placed(Layout.Storage storage, int words) {
        return Layout.of(
                storage,
                0,
                1,
                declaration -> new Views(
                        declaration.table("words", "number", words).word("value"),
                        declaration.table("small", "number", 5).bounded("value", 30)));
    }

    @Test
    void aSnapshotIsACopyAndRestoringItMakesAllWordsEqual() {
        for (Layout.Storage storage : Layout.Storage.values()) {
            Layout.Placed<Views> placed = placed(storage, 3);
            State state = placed.layout().newState();
            placed.machine().word.set(state, 1, 42);
            placed.machine().small.set(state, 4, 30);
            State snapshot = state.snapshot();

            placed.machine().word.set(state, 2, -1);
            placed.machine().small.set(state, 4, 1);

            assertThat(state.sameWords(snapshot)).isFalse();
            assertThat(placed.machine().small.get(snapshot, 4)).isEqualTo(30);
            state.restore(snapshot);
            assertThat(state.sameWords(snapshot)).isTrue();
            assertThat(state.fingerprint()).isEqualTo(snapshot.fingerprint());
            assertThat(placed.layout().diff(state, snapshot)).isEmpty();
        }
    }

    @Test
    void marksAreGatheredAndBelongToNoSnapshot() {
        State state = placed(Layout.Storage.PACKED, 1).layout().newState();
        state.observe(1);
        state.observe(8);

        assertThat(state.observed()).isEqualTo(9);
        assertThat(state.snapshot().observed()).isZero();
        assertThat(state.sameWords(state.snapshot())).isTrue();
        state.forgetObserved();
        assertThat(state.observed()).isZero();
    }

    @Property
    void unmixIsTheInverseOfMix(@ForAll long word) {
        assertThat(Fingerprint.unmix(Fingerprint.mix(word))).isEqualTo(word);
        assertThat(Fingerprint.mix(Fingerprint.unmix(word))).isEqualTo(word);
    }

    @Property
    void aStateOfOneWordIsItsMix(@ForAll long word) {
        State state = Layout.of(Layout.Storage.PACKED, 0, 1, declaration -> declaration.single("word").word("value"))
                .layout()
                .newState();
        state.words()[0] = word;

        assertThat(state.fingerprint()).isEqualTo(Fingerprint.mix(word));
    }

    @Test
    void fingerprintsOfAMillionLikeStatesDiffer() {
        for (int words = 2; words <= 3; words++) {
            Set<Long> seen = new HashSet<>();
            long[] state = new long[words];
            for (int i = 0; i < 1_000_000; i++) {
                state[i % words] = i;
                state[(i + 1) % words] = i / 1000;
                seen.add(Fingerprint.of(state));
            }
            assertThat(seen).as("fingerprints of %d words", words).hasSizeGreaterThanOrEqualTo(999_000);
        }
    }

    @Test
    void everyBitOfEveryWordChangesAboutHalfOfTheFingerprint() {
        SplittableRandom random = new SplittableRandom(5);
        for (int bit = 0; bit < 192; bit++) {
            int changed = 0;
            for (int i = 0; i < 200; i++) {
                long[] state = {random.nextLong(100), random.nextLong(), 0};
                long before = Fingerprint.of(state);
                state[bit / 64] ^= 1L << bit;
                changed += Long.bitCount(before ^ Fingerprint.of(state));
            }
            assertThat(changed / 200.0).as("bits that change with bit %d", bit).isBetween(29.0, 35.0);
        }
    }
}
