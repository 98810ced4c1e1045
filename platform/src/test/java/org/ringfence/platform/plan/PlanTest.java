package org.ringfence.platform.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ringfence.platform.cost.BadCosts;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.life.Acceptance;
import org.ringfence.platform.life.BackingSize;
import org.ringfence.platform.life.LifeMap;
import org.ringfence.platform.life.LifeOptions;
import org.ringfence.platform.life.LifeRun;
import org.ringfence.platform.life.LifeStage;
import org.ringfence.platform.life.Lives;
import org.ringfence.platform.life.TouchOrder;

/** A plan agrees with the lives that it speaks of, and with the figures that it was fitted to. */
class PlanTest {
    private static final long MIB = 1L << 20;
    private static final CostTable COSTS = CostTable.defaults();

    private static Plan plan(long memory, int cpus, BackingSize backing) {
        return Plan.of(memory, cpus, Lives.platforms(), backing, COSTS, _ -> true).orElseThrow();
    }

    private static LifeRun life(String platform, Acceptance acceptance, BackingSize backing) {
        return Lives.play(
                platform, new LifeOptions(192 * MIB, 1, acceptance, backing, TouchOrder.RANDOM, 1, 1, Optional.empty()),
                _ -> true, Optional.empty(), COSTS);
    }

    @ParameterizedTest
    @EnumSource(BackingSize.class)
    void theAcceptanceOfAnEagerBootIsThatOfALife(BackingSize backing) {
        for (Plan.Row row : plan(192 * MIB, 1, backing).rows()) {
            if (row.policy() == Acceptance.EAGER) {
                LifeRun run = life(row.platform(), row.policy(), backing);
                double lived = Objects.requireNonNull(run.stages().get(LifeStage.FIRMWARE)).modelled()
                        + Objects.requireNonNull(run.stages().get(LifeStage.BOOT)).modelled();
                double boot = plan(64 * MIB, 1, backing).boot();
                assertThat(row.firstProcess() - boot).as(row.platform()).isCloseTo(lived, Percentage.withPercentage(1));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BackingSize.class)
    void theTablesOfATdAreThoseThatALifeAdds(BackingSize backing) {
        Plan.Row row = plan(192 * MIB, 1, backing).rows().getLast();
        assertThat(row.platform()).isEqualTo("tdx");
        // The image is mapped in 4K pages.
        long ofImage = backing == BackingSize.LARGE ? 1 : 0;
        assertThat(life("tdx", Acceptance.EAGER, backing).calls().getOrDefault("TDH.MEM.SEPT.ADD", 0L) - ofImage)
                .isEqualTo(row.overhead().tables() / LifeMap.PAGE);
    }

    @Test
    void theModelMeetsItsInputsAndTellsHowFarOffItsPredictionsAre() {
        List<Published> figures = plan(64 * MIB, 1, BackingSize.LARGE).figures();
        assertThat(figures).filteredOn(Published::input).hasSize(3)
                .allSatisfy(figure -> assertThat(figure.off()).as(figure.what()).isCloseTo(0, within(0.01)));
        assertThat(figures).filteredOn(figure -> !figure.input()).hasSize(10);
        Published large = figures.stream().filter(figure -> figure.what().contains("64 GiB, eager")).findFirst()
                .orElseThrow();
        assertThat(large.published()).isEqualTo(4);
        assertThat(large.off()).isCloseTo(large.modelled() / 4 - 1, within(1e-9));
    }

    @Test
    void lazyIsSoonerAndEagerTakesLongerTheMoreMemoryThereIs() {
        for (long gib : new long[] {1, 16, 1024}) {
            List<Plan.Row> rows = plan(gib << 30, 4, BackingSize.LARGE).rows();
            assertThat(rows).hasSize(6);
            for (int i = 0; i < 6; i += 3) {
                assertThat(rows.get(i).policy()).isEqualTo(Acceptance.LAZY);
                assertThat(rows.get(i).firstProcess()).isLessThan(rows.get(i + 1).firstProcess());
                assertThat(rows.get(i).firmwareBytes() + rows.get(i).kernelBytes()).isLessThan(gib << 30);
                assertThat(rows.get(i + 1).firmwareBytes() + rows.get(i + 1).kernelBytes())
                        .isEqualTo((gib << 30) - 2 * MIB);
            }
        }
    }

    @Test
    void aBootThatCannotBeFittedTakesNoTimeBesides() throws BadCosts {
        CostTable odd = COSTS.with("map shared = 1 s");
        assertThat(Plan.of(64 * MIB, 1, List.of("tdx"), BackingSize.LARGE, odd, _ -> true).orElseThrow().boot())
                .isZero();
    }

    @Test
    void anInterruptEndsIt() {
        assertThat(Plan.of(64 * MIB, 1, List.of("tdx"), BackingSize.LARGE, COSTS, _ -> false)).isEmpty();
    }
}
