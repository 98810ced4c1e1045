package org.ringfence.platform.tdx.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.Topology;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.tdx.module.AddressMap;
import org.ringfence.machine.tdx.module.MemoryRange;
import org.ringfence.machine.tdx.module.ModuleOptions;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.stack.host.inventory.HostMemoryMap;
import org.ringfence.stack.host.tdx.bringup.TdmrConstruction;

/**
 * The machine of a TDX host of real size: a frame for every 4K page of usable memory, at its address.
 *
 * @param frames how many
 */
public record TdxHostMachine(Machine machine, int frames) {
    /** With 15 shared and 48 private KeyIDs, the example of Linux's documentation: KeyID 16. */
    static final int GLOBAL_KEY_ID = 16;

    static final int ENTRIES_PER_INIT = ModuleOptions.ENTRIES_PER_INIT;

    private static final int PRIVATE_KEY_IDS = 48;
    private static final KeyIds KEY_IDS = new KeyIds(GLOBAL_KEY_ID - 1, PRIVATE_KEY_IDS);
    private static final int SETS = 1024;
    private static final int WAYS = 16;
    private static final long PAGE = 4096;
    private static final long MOST_FRAMES = 1L << 30;

    /**
     * Assembles it.
     *
     * @throws NoSuchHost where there is none with such memory
     */
    static Layout.Placed<TdxHostMachine> place(HostMemoryMap memory, List<Integer> packageOf, TdxHostOptions options) {
        long pages = memory.usableBytes() / PAGE;
        if (pages > MOST_FRAMES) {
            throw new NoSuchHost(memory.ranges().getLast().line(),
                    "the host has %d TiB of memory; allowed are 4 at most".formatted(memory.usableBytes() >> 40));
        }
        int frames = (int) pages;
        int packages = packageOf.stream().mapToInt(Integer::intValue).max().orElseThrow() + 1;
        Geometry geometry = new Geometry(1, frames, 1);
        AddressMap map = AddressMap.of(geometry, memory.blocks().stream()
                .flatMapToLong(block -> LongStream.of(block.start(), block.size() / PAGE))
                .toArray());
        ModuleOptions module = new ModuleOptions(
                options.module(),
                packageOf,
                KEY_IDS,
                cmrs(memory),
                new MemoryRange(0, 0),
                ModuleOptions.MAX_TDMRS,
                ModuleOptions.MAX_RESERVED_AREAS,
                ENTRIES_PER_INIT,
                1,
                1,
                0,
                List.of());
        return Layout.of(Layout.Storage.LARGE, frames, 1, declaration -> {
            Topology topology = Topology.declare(declaration, packageOf);
            Memory lines = Memory.declare(declaration, geometry, lines(packages, options));
            TdxModule tdx = TdxModule.declare(declaration, lines, map, module);
            return new TdxHostMachine(Machine.of(topology, lines, tdx), frames);
        });
    }

    private static MemoryOptions lines(int packages, TdxHostOptions options) {
        MemoryOptions plain = MemoryOptions.tdx(KEY_IDS)
                .withoutMoves()
                .withPoison()
                .with(CacheOptions.setAssociative(packages, SETS, WAYS));
        return options.erratum() ? plain.withPartialWriteErratum() : plain;
    }

    /**
     * Convertible memory, which firmware tells the module. Where the log has no lines of it: all usable memory from 1
     * MB on, with what the map lists between two usable ranges that something else fills without a gap.
     */
    static List<MemoryRange> cmrs(HostMemoryMap memory) {
        List<MemoryRange> cmrs = new ArrayList<>();
        for (HostMemoryMap.Convertible told : memory.cmrs()) {
            cmrs.add(new MemoryRange(told.start(), told.end() - told.start()));
        }
        if (!cmrs.isEmpty()) {
            return atMost(memory, cmrs);
        }
        long listed = -1;
        for (org.ringfence.stack.host.inventory.FirmwareRange range : memory.ranges()) {
            boolean touches = listed == range.start();
            long start = Math.max(range.start() + PAGE - 1 & -PAGE, TdmrConstruction.FIRST);
            long end = range.end() & -PAGE;
            if (range.usable() && end > start) {
                long from = touches && !cmrs.isEmpty() ? cmrs.removeLast().base() : start;
                cmrs.add(new MemoryRange(from, end - from));
            }
            listed = touches || range.usable() ? range.end() : -1;
        }
        return atMost(memory, cmrs);
    }

    private static List<MemoryRange> atMost(HostMemoryMap memory, List<MemoryRange> cmrs) {
        if (cmrs.isEmpty() || cmrs.size() > ModuleOptions.MAX_CMRS) {
            throw new NoSuchHost(memory.ranges().getLast().line(),
                    "the host has %d ranges of convertible memory from 1 MB on; allowed are 1 to %d"
                            .formatted(cmrs.size(), ModuleOptions.MAX_CMRS));
        }
        return cmrs;
    }

    /** What a reader should know of the machine. */
    List<String> notes() {
        return List.of(String.format(
                Locale.ROOT,
                "the machine has %,d frames, a Ci memory controller, %d sets of %d lines in each package's cache, and the KeyIDs %d to %d are private",
                frames,
                SETS,
                WAYS,
                GLOBAL_KEY_ID,
                GLOBAL_KEY_ID + PRIVATE_KEY_IDS - 1));
    }
}
