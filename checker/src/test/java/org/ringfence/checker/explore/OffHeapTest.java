package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffHeapTest {
    @ParameterizedTest
    @ValueSource(longs = {8, 4096, 100_000, 5L << 20})
    void whatIsEnsuredAfterAReleaseIsZero(long bytes) {
        try (OffHeap memory = new OffHeap(16L << 20)) {
            for (int time = 0; time < 3; time++) {
                memory.ensure(bytes / 2);
                memory.ensure(bytes);
                for (long at = 0; at + Long.BYTES <= bytes; at += Long.BYTES) {
                    assertThat(OffHeap.getLong(memory.address() + at)).as("at %d, time %d", at, time).isZero();
                    OffHeap.putLong(memory.address() + at, -1);
                }
                memory.release();
            }
        }
    }

    @Test
    void growingKeepsWhatWasWritten() {
        try (OffHeap memory = new OffHeap(64L << 20)) {
            long written = 0;
            for (long bytes = 64; bytes <= 64L << 20; bytes *= 2) {
                memory.ensure(bytes);
                for (; (written + 1) * Long.BYTES <= bytes; written += 97) {
                    OffHeap.putLong(memory.address() + written * Long.BYTES, written);
                }
            }
            for (long at = 0; at < written; at += 97) {
                assertThat(OffHeap.getLong(memory.address() + at * Long.BYTES)).isEqualTo(at);
            }
            assertThat(memory.committed()).isEqualTo(64L << 20);
        }
    }

    @Test
    void moreThanWasReservedIsRefused() {
        try (OffHeap memory = new OffHeap(1000)) {
            memory.ensure(1000);
            assertThatThrownBy(() -> memory.ensure(100L << 20)).isInstanceOf(OutOfMemoryError.class);
        }
    }
}
