package org.ringfence.platform.plan;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.life.Acceptance;
import org.ringfence.platform.life.LifeMap;

/**
 * The part of a boot that accepts nothing, fitted so that a TD of 4 GiB boots 2.5 times as fast lazily as eagerly; and
 * what the model then says to the other figures that were published. Hosts of those figures map private memory in 4K
 * pages, as guest_memfd does.
 *
 * @param boot seconds of a boot without acceptance, at least 0
 * @param figures published, with what the model says
 * @param acceptedFor4 bytes that a kernel of 64 GiB would have to accept lazily for the published ratio
 */
record Fit(double boot, List<Published> figures, double acceptedFor4) {
    private static final long GIB = 1L << 30;
    private static final double RATIO_AT_4_GIB = 2.5;
    private static final double RATIO_AT_64_GIB = 4;
    private static final String COVER_LETTERS = "Phoronix 2022-01-20, 2023-06-03, of Linux cover letters v2, v13";
    private static final String LKVS = "Intel lkvs, tdx_mem_test";
    private static final String ASTERINAS = "asterinas pull request 3640";

    static Fit of(UnitCosts unit, CostTable costs) {
        Boot four = new Boot(4 * GIB, 1, unit, costs);
        double boot = Math.max(0, (four.seconds(Acceptance.EAGER) - RATIO_AT_4_GIB * four.seconds(Acceptance.LAZY))
                / (RATIO_AT_4_GIB - 1));
        Boot large = new Boot(64 * GIB, 1, unit, costs);
        double eager = boot + large.seconds(Acceptance.EAGER);
        double lazy = boot + large.seconds(Acceptance.LAZY);

        List<Published> figures = new ArrayList<>();
        figures.add(new Published(
                "accept fault of 4K, the page's share", true, 8, false, unit.accept() * LifeMap.PAGE * 1e6, "us",
                "dstack pull request 1220"));
        figures.add(new Published(
                "boot of 4 GiB, eager to lazy", true, RATIO_AT_4_GIB, false,
                (boot + four.seconds(Acceptance.EAGER)) / (boot + four.seconds(Acceptance.LAZY)), "times",
                COVER_LETTERS));
        figures.add(accepting(true, 96, 32, 33, unit, costs));
        figures.add(new Published(
                "boot of 64 GiB, eager to lazy", false, RATIO_AT_64_GIB, false, eager / lazy, "times",
                COVER_LETTERS));
        figures.add(accepting(false, 8, 1, 24, unit, costs));
        figures.add(accepting(false, 32, 1, 119, unit, costs));
        figures.add(accepting(false, 96, 1, 398, unit, costs));
        figures.add(accepting(false, 16, 32, 6, unit, costs));
        figures.add(accepting(false, 32, 32, 11, unit, costs));
        figures.add(eager(8, 1, 25, boot, unit, costs));
        figures.add(eager(8, 4, 12, boot, unit, costs));
        figures.add(eager(8, 8, 9, boot, unit, costs));
        figures.add(new Published(
                "firmware that accepts 64 GiB", false, 90, true, 64 * GIB * unit.accept(), "s",
                "kata-containers issue 13535"));
        return new Fit(boot, List.copyOf(figures), (eager / RATIO_AT_64_GIB - boot) / unit.accept());
    }

    private static Published accepting(
            boolean input, int gib, int cpus, double published, UnitCosts unit, CostTable costs) {
        return new Published(
                "all of %d GiB, %d vCPU%s".formatted(gib, cpus, cpus == 1 ? "" : "s"), input, published, false,
                Boot.accepting(gib * GIB, cpus, unit, costs), "s", LKVS);
    }

    private static Published eager(
            int gib, int cpus, double published, double boot, UnitCosts unit, CostTable costs) {
        return new Published(
                "eager boot of %d GiB, %d vCPU%s".formatted(gib, cpus, cpus == 1 ? "" : "s"), false, published, false,
                boot + Boot.accepting(gib * GIB, cpus, unit, costs), "s", ASTERINAS);
    }
}
