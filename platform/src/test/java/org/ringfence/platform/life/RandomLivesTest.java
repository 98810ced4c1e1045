package org.ringfence.platform.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.MemoryOptions.CrossKey;
import org.ringfence.machine.state.Layout;
import org.ringfence.platform.cost.CostTable;

/**
 * Lives with random seeds, options and misdeeds: on SEV-SNP, and on TDX with cryptographic integrity, no private read
 * gives anything but what was written, every misdeed ends as is promised, and no page is lost. {@code -Dsoak.lives=N}
 * plays N in the soak test.
 */
class RandomLivesTest {
    private static final long MIB = 1L << 20;
    private static final int FEW = 40;
    private static final int MANY = 1000;

    @Test
    void noWrongValueIsReadInFewLives() {
        play(0, FEW);
    }

    @Test
    @Tag("soak")
    void noWrongValueIsReadInManyLives() {
        play(FEW, Integer.getInteger("soak.lives", MANY));
    }

    @Test
    void inLiModeTheTdOwnerBitEndsTheSameMisdeeds() {
        for (CrossKey crossKey : CrossKey.values()) {
            for (Misdeed misdeed : Misdeed.values()) {
                LifeOptions options = new LifeOptions(
                        64 * MIB, 2, Acceptance.LAZY, BackingSize.LARGE, TouchOrder.RANDOM, 100, 1,
                        Optional.of(misdeed));
                Layout.Placed<TdxLifeMachine> placed =
                        TdxLifeMachine.place(options, TdxLifeMachine.cryptographic().logical(crossKey));
                LifeWatch watch = new LifeWatch(_ -> true, Optional.empty(), CostTable.defaults());
                TdxVm vm = new TdxVm(options, placed.machine(), placed.layout().newState(), watch);
                LifeRun run = new Life(options, vm, watch).play();
                assertThat(run.isGood()).as("%s, %s: %s", crossKey, misdeed, run).isTrue();
                assertThat(run.death().isPresent()).isEqualTo(misdeed != Misdeed.DROP_FLUSH);
            }
        }
    }

    private static void play(int first, int lives) {
        Map<Misdeed, Set<Ended>> ended = new EnumMap<>(Misdeed.class);
        for (int seed = first; seed < first + lives; seed++) {
            Random random = new Random(seed);
            LifeOptions options = new LifeOptions(
                    (64 + 2 * random.nextInt(16)) * MIB,
                    1 + random.nextInt(3),
                    one(Acceptance.values(), random),
                    one(BackingSize.values(), random),
                    one(TouchOrder.values(), random),
                    8 + random.nextInt(400),
                    random.nextLong(),
                    // Every misdeed with every platform, in turns.
                    seed % 10 < 8 ? Optional.of(Misdeed.values()[seed % 10 / 2]) : Optional.empty());
            String platform = Lives.platforms().get(seed % 2);
            LifeRun run = Lives.play(platform, options, _ -> true, Optional.empty(), CostTable.defaults());
            assertThat(run.isGood()).as("seed %d, %s, %s: %s", seed, platform, options, run).isTrue();
            assertThat(run.misdeed().isPresent()).isEqualTo(options.misdeed().isPresent());
            assertThat(run.reads()).isPositive();
            options.misdeed().ifPresent(misdeed -> ended
                    .computeIfAbsent(misdeed, _ -> EnumSet.noneOf(Ended.class))
                    .add(run.death().isPresent() ? Ended.GUEST_DIED : Ended.GUEST_LIVED));
        }
        assertThat(ended).isEqualTo(Map.of(
                Misdeed.PUNCH, EnumSet.of(Ended.GUEST_DIED),
                Misdeed.REMAP, EnumSet.of(Ended.GUEST_DIED),
                Misdeed.REPLAY, EnumSet.of(Ended.GUEST_DIED),
                Misdeed.DROP_FLUSH, EnumSet.of(Ended.GUEST_LIVED)));
    }

    private enum Ended {
        GUEST_DIED,
        GUEST_LIVED
    }

    private static <E> E one(E[] values, Random random) {
        return values[random.nextInt(values.length)];
    }
}
