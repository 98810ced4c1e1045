package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.Fingerprint;

class LimitsTest {
    /** More than anyone explores: a tree of three branches. */
    private static final Counting.Edges ENDLESS = new Counting.Fan(3, Long.MAX_VALUE / 4);

    private static Exploration.Stop stop(Limits limits, Watcher watcher) {
        return Explorer.explore(Counting.model(ENDLESS, 0, -1, 1), limits, watcher).stop();
    }

    @Test
    void eachLimitIsToldByItsName() {
        Duration hour = Duration.ofHours(1);
        long most = 1L << 34;
        assertThat(stop(new Limits(1_000, most, hour, 1), Watcher.patient())).isEqualTo(Exploration.Stop.STATES);
        assertThat(stop(new Limits(1L << 26, 3L << 20, hour, 2), Watcher.patient())).isEqualTo(Exploration.Stop.MEMORY);
        assertThat(stop(new Limits(1L << 26, most, Duration.ofMillis(50), 2), Watcher.patient()))
                .isEqualTo(Exploration.Stop.TIME);
        assertThat(stop(new Limits(1L << 26, most, hour, 2), glance -> glance.states() < 10_000))
                .isEqualTo(Exploration.Stop.INTERRUPTED);
    }

    @Test
    void aLimitThatIsJustEnoughIsNoLimit() {
        Model model = Counting.model(new Counting.Chain(0, 99), 0, -1, 1);

        assertThat(Counting.explore(model, Counting.limits(100, 1)).stop()).isEqualTo(Exploration.Stop.EXHAUSTED);
        assertThat(Counting.explore(model, Counting.limits(99, 1)).stop()).isEqualTo(Exploration.Stop.STATES);
    }

    @Test
    @Timeout(60)
    void manySuccessorsOfManyStatesEndAtTheLimitOnStates() {
        Model model = Counting.model(new Counting.Fan(2_500, 1L << 40), 0, -1, 1);

        assertThat(Counting.explore(model, Counting.limits(4_000, 2)).stop()).isEqualTo(Exploration.Stop.STATES);
    }

    @Test
    void aThreadThatIsInterruptedEndsItsSearchAsInterrupted() throws InterruptedException {
        AtomicReference<Object> ended = new AtomicReference<>("not at all");
        Thread searching = Thread.ofPlatform().start(() -> {
            try {
                ended.set(stop(new Limits(1L << 26, 1L << 34, Duration.ofSeconds(20), 2), Watcher.patient()));
            } catch (RuntimeException thrown) {
                ended.set(thrown);
            }
        });
        Thread.sleep(300);
        searching.interrupt();
        searching.join();

        assertThat(ended.get()).isEqualTo(Exploration.Stop.INTERRUPTED);
    }

    @Test
    void moreMovesThanAnOrdinalCountsAreRefused() {
        int most = Successors.MOST;
        Counting.Edges many = new Counting.Fan(most, 0);
        Counting.Edges tooMany = new Counting.Fan(most + 1, 0);

        Exploration found = Counting.explore(Counting.model(many, 0, most, 1), Counting.limits(1L << 20, 1));
        assertThat(found.states()).isEqualTo(most + 1L);
        Path path = found.breaches().get(Property.INTEGRITY);
        assertThat(path).isNotNull();
        assertThat(path.moves()).hasSize(1);
        assertThat(path.moves().getFirst().arguments()).isEqualTo(most - 1);
        assertThatThrownBy(() -> Counting.explore(Counting.model(tooMany, 0, -1, 1), Counting.limits(1L << 20, 1)))
                .hasMessageContaining("65,536");
    }

    @Test
    void aStateWhoseFingerprintIsZeroIsFound() {
        long zero = Fingerprint.unmix(0);
        Model model = Counting.model(new Counting.Chain(zero - 3, 6), zero - 3, zero, 1);

        Exploration found = Counting.explore(model, Counting.limits(1_000, 1));

        assertThat(found.states()).isEqualTo(7);
        assertThat(found.breaches().get(Property.INTEGRITY)).isNotNull();
        assertThat(found.exact()).isTrue();
    }

    /** A ring, so that the first state is met again. */
    private record Ring(int length) implements Counting.Edges {
        @Override
        public long to(long value, int argument) {
            return (value + 1) % length;
        }

        @Override
        public int count(long value) {
            return 1;
        }
    }

    @Test
    void theFirstStateIsKnownAgainHoweverManyBitsAFingerprintHas() {
        for (int words = 1; words <= 3; words++) {
            for (long states : new long[] {1_000, Limits.NARROW + 1}) {
                Exploration found =
                        Counting.explore(Counting.model(new Ring(10), 0, -1, words), Counting.limits(states, 1));

                assertThat(found.states()).as("%d words, %d states allowed", words, states).isEqualTo(10);
                assertThat(found.exact()).isEqualTo(words == 1);
                assertThat(found.collisionProbability() == 0).isEqualTo(words == 1);
            }
        }
    }
}
