package org.ringfence.platform.plan;

import java.util.Objects;
import java.util.Optional;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.life.Acceptance;
import org.ringfence.platform.life.BackingSize;
import org.ringfence.platform.life.LifeMap;
import org.ringfence.platform.life.LifeOptions;
import org.ringfence.platform.life.LifeProgress;
import org.ringfence.platform.life.LifeRun;
import org.ringfence.platform.life.LifeStage;
import org.ringfence.platform.life.LifeStopped;
import org.ringfence.platform.life.Lives;
import org.ringfence.platform.life.TouchOrder;

/**
 * What a guest's memory takes in modelled time. Two small lives are played on the machine, and what the larger one
 * takes more is what its memory takes: so the numbers of operations are the machine's and the routines', not a
 * formula's.
 *
 * @param accept seconds to accept one byte, with the host's part
 * @param share seconds to make one byte shared that is accepted
 */
record UnitCosts(double accept, double share) {
    private static final long SMALLER = 64L << 20;
    private static final long LARGER = 128L << 20;

    static UnitCosts of(String platform, BackingSize backing, LifeProgress progress, CostTable costs) {
        Played one = Played.of(platform, SMALLER, backing, progress, costs);
        Played two = Played.of(platform, LARGER, backing, progress, costs);
        double accept = (two.firmware() - one.firmware()) / (two.map().low() - one.map().low());
        long accepted = two.map().rest() - one.map().rest();
        double share = (two.boot() - one.boot() - accept * accepted) / (two.map().poolBytes() - one.map().poolBytes());
        return new UnitCosts(accept, Math.max(0, share));
    }

    /** A life, as far as it tells of costs. */
    private record Played(LifeMap map, double firmware, double boot) {
        static Played of(String platform, long memory, BackingSize backing, LifeProgress progress, CostTable costs) {
            LifeOptions options = new LifeOptions(
                    memory, 1, Acceptance.EAGER, backing, TouchOrder.SEQUENTIAL, 1, 1, Optional.empty());
            LifeRun run = Lives.play(platform, options, progress, Optional.empty(), costs);
            run.stopped().ifPresent(stage -> {
                throw new LifeStopped(stage);
            });
            return new Played(
                    LifeMap.of(options),
                    Objects.requireNonNull(run.stages().get(LifeStage.FIRMWARE)).modelled(),
                    Objects.requireNonNull(run.stages().get(LifeStage.BOOT)).modelled());
        }
    }
}
