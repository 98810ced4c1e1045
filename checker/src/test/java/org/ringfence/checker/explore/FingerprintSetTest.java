package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of fingerprints against a set of the Java library, through many growths. */
class FingerprintSetTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTableHoldsWhatAHashSetHoldsThroughManyGrowths(boolean wide) {
        assertThat(Parts.fingerprintSetDiffers(wide, 400_000)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void zeroIsAFingerprintLikeAnyOther(boolean wide) {
        try (FingerprintSet set = new FingerprintSet(0, 100, wide)) {
            assertThat(set.add(0, (short) 3)).isTrue();
            assertThat(set.add(0, (short) 3)).isFalse();
            assertThat(set.size()).isEqualTo(1);
            set.reserve(500);
            assertThat(set.add(0, (short) 3)).isFalse();
            assertThat(set.size()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void fingerprintsOfOneSlotAreKeptApart(int segmentBits) {
        try (FingerprintSet set = new FingerprintSet(segmentBits, 10_000, true)) {
            long last = -1L >>> segmentBits;
            for (int i = 0; i < 40; i++) {
                assertThat(set.add(last - i, (short) 1)).as("the first of %d", i).isTrue();
                assertThat(set.add(last - i, (short) 2)).as("another tag of %d", i).isTrue();
                assertThat(set.add(last - i, (short) 1)).as("the second of %d", i).isFalse();
                set.reserve(2);
            }
            assertThat(set.size()).isEqualTo(80);
        }
    }
}
