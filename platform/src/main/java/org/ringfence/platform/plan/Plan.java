package org.ringfence.platform.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.life.Acceptance;
import org.ringfence.platform.life.BackingSize;
import org.ringfence.platform.life.LifeMap;
import org.ringfence.platform.life.LifeOptions;
import org.ringfence.platform.life.LifeProgress;
import org.ringfence.platform.life.LifeStopped;
import org.ringfence.platform.life.Lives;
import org.ringfence.platform.life.TouchOrder;
import org.ringfence.stack.host.inventory.MemoryBlock;
import org.ringfence.stack.host.tdx.bringup.Construction;
import org.ringfence.stack.host.tdx.bringup.TdmrConstruction;
import org.ringfence.stack.host.tdx.bringup.TdmrLimits;

/**
 * What a VM's memory costs on each platform and by each policy of acceptance, in modelled time and in bytes.
 *
 * @param rows a platform and a policy each
 * @param boot seconds of a boot without acceptance, on every platform
 * @param figures published, with what the model says to them
 * @param acceptedFor4 bytes that a TD of 64 GiB would have to accept before its first user process for the published
 *     ratio
 */
public record Plan(List<Row> rows, double boot, List<Published> figures, double acceptedFor4) {
    /** Of {@code struct efi_unaccepted_memory}: one bit for each 2 MiB. */
    private static final long BYTES_OF_A_BIT = Geometry.LARGE;

    private static final int ENTRY = 8;

    /** Of tables below the root, where pages of 4K are mapped. */
    private static final int LEVELS = 3;

    /**
     * One platform and policy.
     *
     * @param firmwareBytes that the firmware accepts
     * @param kernelBytes that the kernel accepts before its first user process
     * @param firstProcess seconds until then, from the firmware's start
     * @param all seconds until vCPUs that touch memory all the time have accepted all of it
     */
    public record Row(
            String platform, Acceptance policy, long firmwareBytes, long kernelBytes, double firstProcess, double all,
            Overhead overhead) {}

    /**
     * Memory beside the guest's, in bytes.
     *
     * @param metadata the PAMTs or the RMP, as far as they tell of the guest's memory
     * @param tables the Secure EPT's pages, or those of the nested page table
     * @param bitmap of the table of unaccepted memory
     * @param doubled private pages that stay allocated under shared ones unless the host punches them out
     */
    public record Overhead(long metadata, long tables, long bitmap, long doubled) {}

    public Plan {
        rows = List.copyOf(rows);
        figures = List.copyOf(figures);
    }

    /**
     * Makes a plan for a VM of {@code memory} bytes.
     *
     * @param platforms out of {@link Lives#platforms}
     * @return empty when {@code progress} said that it does not go on
     * @throws IllegalArgumentException with a sentence
     */
    public static Optional<Plan> of(
            long memory, int cpus, List<String> platforms, BackingSize backing, CostTable costs,
            LifeProgress progress) {
        new LifeOptions(memory, cpus, Acceptance.LAZY, backing, TouchOrder.RANDOM, 1, 1, Optional.empty());
        try {
            return Optional.of(whole(memory, cpus, platforms, backing, costs, progress));
        } catch (LifeStopped stopped) {
            return Optional.empty();
        }
    }

    private static Plan whole(
            long memory, int cpus, List<String> platforms, BackingSize backing, CostTable costs,
            LifeProgress progress) {
        Fit fit = Fit.of(UnitCosts.of("tdx", BackingSize.SMALL, progress, costs), costs);
        List<Row> rows = new ArrayList<>();
        for (String platform : platforms) {
            UnitCosts unit = UnitCosts.of(platform, backing, progress, costs);
            Boot boot = new Boot(memory, cpus, unit, costs);
            for (Acceptance policy : Acceptance.values()) {
                rows.add(new Row(
                        platform, policy, boot.firmware(policy), boot.kernel(policy),
                        fit.boot() + boot.seconds(policy), Boot.accepting(memory, cpus, unit, costs),
                        overhead(platform, backing, boot.map(policy))));
            }
        }
        return new Plan(rows, fit.boot(), fit.figures(), fit.acceptedFor4());
    }

    private static Overhead overhead(String platform, BackingSize backing, LifeMap map) {
        return new Overhead(
                platform.equals("tdx") ? pamt(map.memory()) : map.memory() / LifeMap.PAGE * 16,
                tables(map.memory(), backing),
                Math.ceilDiv(map.memory(), BYTES_OF_A_BIT * Byte.SIZE),
                map.poolBytes());
    }

    /** The PAMTs of so much of the host's memory. */
    private static long pamt(long bytes) {
        long whole = Math.ceilDiv(bytes, 1L << 30) << 30;
        return switch (TdmrConstruction.of(List.of(new MemoryBlock(0, whole, 0)), TdmrLimits.tdx15())) {
            case Construction.Constructed made -> made.pamtBytes() / (whole >> 20) * (bytes >> 20);
            case Construction.Failed failed -> throw new IllegalStateException(failed.reason());
        };
    }

    /** Pages of tables that map all of the memory, of each level below the root. */
    private static long tables(long memory, BackingSize backing) {
        long pages = 0;
        long entries = memory / (backing == BackingSize.LARGE ? BYTES_OF_A_BIT : Geometry.SMALL);
        for (int level = backing == BackingSize.LARGE ? 1 : 0; level < LEVELS; level++) {
            entries = Math.ceilDiv(entries, Geometry.SMALL / ENTRY);
            pages += entries;
        }
        return pages * Geometry.SMALL;
    }
}
