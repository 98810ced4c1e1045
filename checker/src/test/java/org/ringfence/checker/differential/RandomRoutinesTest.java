package org.ringfence.checker.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random routines on random machines: the engine finds what the reference finds. */
class RandomRoutinesTest {
    private static final int MOST = 2_500;

    @Test
    void twoThousandRandomRoutinesBehaveAsTheReferenceSays() {
        assertThat(agree(1, 2_400)).as("scenarios compared, learned to the end beforehand")
                .isGreaterThanOrEqualTo(2_000);
    }

    @Test
    @Tag("soak")
    void manyRandomRoutinesBehaveAsTheReferenceSays() {
        int scenarios = Integer.getInteger("soak.scenarios", 57_000);

        assertThat(agree(1_000_000, scenarios)).as("scenarios compared").isGreaterThanOrEqualTo(scenarios * 5L / 6);
    }

    /** Compares scenarios and answers how many were learned to the end and compared in all there is to compare. */
    private static long agree(long firstSeed, int scenarios) {
        long begun = System.nanoTime();
        Map<Comparison.Compared, Long> counts = new ConcurrentHashMap<>();
        LongStream.range(firstSeed, firstSeed + scenarios).parallel().forEach(seed -> {
            Scenario scenario = Scenario.random(seed);
            Comparison.Result result = Comparison.of(scenario, seed, MOST);
            result.compared().forEach(kind -> counts.merge(kind, 1L, Long::sum));
            if (result.difference() != null) {
                Scenario least = Comparison.shrunk(scenario, seed, MOST);
                throw new AssertionError("seed %d: %s%n%s%nas small as it gets: %s%n%s".formatted(
                        seed,
                        result.difference(),
                        scenario.print(),
                        Comparison.of(least, seed, MOST).difference(),
                        least.print()));
            }
        });
        System.out.printf(
                "%,d scenarios from seed %,d in %.1f s: %s%n",
                scenarios,
                firstSeed,
                (System.nanoTime() - begun) / 1e9,
                Comparison.print(new EnumMap<>(counts)));
        return counts.getOrDefault(Comparison.Compared.EAGER, 0L);
    }
}
