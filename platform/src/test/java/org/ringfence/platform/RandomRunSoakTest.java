package org.ringfence.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.random.RandomRun;
import org.ringfence.machine.operation.Guards;

@Tag("soak")
public class RandomRunSoakTest {
    private static final long OPERATIONS = 10_000_000;
    private static final Duration MOST = Duration.ofMinutes(5);

    static Stream<Platform> platforms() {
        return RandomRunTest.platforms();
    }

    @ParameterizedTest
    @MethodSource("platforms")
    void tenMillionOperationsBreakNoInvariantWithinFiveMinutes(Platform platform) {
        long begun = System.nanoTime();
        RandomRun.Outcome outcome = RandomRun.run(platform, Guards.allOn(), OPERATIONS, 1, done -> true);
        assertThat(outcome.found()).isNull();
        assertThat(outcome.operations()).isGreaterThanOrEqualTo(OPERATIONS);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(MOST);
    }
}
