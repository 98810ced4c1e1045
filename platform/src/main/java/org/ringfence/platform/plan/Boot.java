package org.ringfence.platform.plan;

import java.util.Optional;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.life.Acceptance;
import org.ringfence.platform.life.BackingSize;
import org.ringfence.platform.life.LifeMap;
import org.ringfence.platform.life.LifeOptions;
import org.ringfence.platform.life.TouchOrder;

/** The acceptance that lies between a guest's start and its first user process, in modelled time. */
record Boot(long memory, int cpus, UnitCosts unit, CostTable costs) {
    private static final long BLOCK = 4L << 20;

    LifeMap map(Acceptance policy) {
        return LifeMap.of(new LifeOptions(
                memory, cpus, policy, BackingSize.LARGE, TouchOrder.RANDOM, 1, 1, Optional.empty()));
    }

    /** Bytes that the firmware accepts. */
    long firmware(Acceptance policy) {
        return map(policy).low();
    }

    /** Bytes that the kernel accepts before its first user process. */
    long kernel(Acceptance policy) {
        LifeMap map = map(policy);
        if (policy == Acceptance.EAGER) {
            return map.rest();
        }
        // What firmware has accepted is used first. It holds the pool where the pool lies in it.
        long pool = map.low() > map.pool() ? 0 : map.poolBytes();
        long usable = Math.min(map.low(), map.pool());
        long pages = memory / LifeMap.PAGE;
        long wanted = (long) (costs.amount("page descriptor") * pages + costs.amount("kernel memory"));
        long more = Math.ceilDiv(Math.max(0, wanted - usable), BLOCK) * BLOCK;
        return Math.min(map.rest(), pool + more);
    }

    /** Seconds of acceptance and sharing, on one vCPU as in Linux and in the firmware. */
    double seconds(Acceptance policy) {
        return unit.accept() * (firmware(policy) + kernel(policy)) + unit.share() * map(policy).poolBytes();
    }

    /**
     * Seconds until {@code cpus} vCPUs that touch memory all the time have accepted all of it. The bandwidth bounds
     * what several do together, not what one does alone.
     */
    static double accepting(long bytes, int cpus, UnitCosts unit, CostTable costs) {
        double one = 1 / unit.accept();
        return bytes / Math.max(one, Math.min(cpus * one, costs.amount("accept bandwidth")));
    }
}
