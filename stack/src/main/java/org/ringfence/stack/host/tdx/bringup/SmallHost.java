package org.ringfence.stack.host.tdx.bringup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.tdx.module.AddressMap;
import org.ringfence.machine.tdx.module.MemoryRange;
import org.ringfence.machine.tdx.module.TdmrInfo;
import org.ringfence.stack.host.inventory.MemoryBlock;

/**
 * A host for the checker: packages of one processor and 1 GB each, from 4 GB on. Of each package's GB there are few
 * frames: one that holds the 4K entries of PAMT for the others, which lie in the middle.
 *
 * @param packages how many
 * @param frames of the machine, the same number on each package
 * @param pamtsOnFirst whether the PAMTs of all lie in the memory of package 0
 */
public record SmallHost(int packages, int frames, boolean pamtsOnFirst) {
    private static final long GB = 1L << 30;
    private static final long FIRST = 4 * GB;
    private static final long MIDDLE = GB / 2;
    private static final long PAGE = 4096;

    /** The most packages. */
    public static final int MOST_PACKAGES = 4;

    public SmallHost {
        if (packages < 1 || packages > MOST_PACKAGES || frames % packages != 0 || frames / packages < 2) {
            throw new IllegalArgumentException(
                    "%d frames for %d packages; allowed are 1 to 4 packages, with as many frames each, 2 at least"
                            .formatted(frames, packages));
        }
    }

    /** Memory as Linux knows it. */
    public List<MemoryBlock> blocks() {
        return IntStream.range(0, packages)
                .mapToObj(i -> new MemoryBlock(base(i), base(i) + GB, pamtsOnFirst ? 0 : i))
                .toList();
    }

    /** Convertible memory. */
    public List<MemoryRange> cmrs() {
        return List.of(new MemoryRange(FIRST, packages * GB));
    }

    /** The package of each processor. */
    public List<Integer> packageOf() {
        return IntStream.range(0, packages).boxed().toList();
    }

    /** TDMRs as Linux makes them. */
    public List<Tdmr> tdmrs() {
        return switch (made()) {
            case Construction.Constructed(List<Tdmr> tdmrs) -> tdmrs;
            case Construction.Failed failed -> throw new IllegalStateException(failed.reason());
        };
    }

    /** The same as TDH.SYS.CONFIG is told of them. */
    public List<TdmrInfo> infos() {
        return tdmrs().stream().map(Tdmr::info).toList();
    }

    Construction made() {
        return TdmrConstruction.of(blocks(), TdmrLimits.tdx15());
    }

    /** The address of page {@code number} of package {@code of}, which is no PAMT. */
    public long page(int of, int number) {
        return base(of) + MIDDLE + number * PAGE;
    }

    /** The package in whose memory {@code hpa} lies. */
    public int home(long hpa) {
        return (int) ((hpa - FIRST) / GB);
    }

    /** A physical address under {@code keyId}. */
    long tagged(long hpa, int keyId) {
        return TdxBringUp.KEY_IDS.tag(hpa, keyId);
    }

    /** The address of the page of PAMT that tells of the pages of package {@code of}. */
    public long pamtPage(int of) {
        Tdmr tdmr = tdmrs().get(of);
        return tdmr.pamt().base() + MIDDLE / PAGE * TdmrLimits.tdx15().pamtEntrySize();
    }

    /** Where the frames lie. */
    public AddressMap map(Geometry geometry) {
        List<long[]> segments = new ArrayList<>();
        for (int i = 0; i < packages; i++) {
            segments.add(new long[] {pamtPage(i), 1});
            segments.add(new long[] {page(i, 0), frames / packages - 1});
        }
        segments.sort(Comparator.comparingLong(segment -> segment[0]));
        return AddressMap.of(geometry, segments.stream().flatMapToLong(Arrays::stream).toArray());
    }

    /** The packages whose memory holds a PAMT, one bit each. */
    long pamtPackages() {
        return pamtsOnFirst ? 1 : (1L << packages) - 1;
    }

    private static long base(int number) {
        return FIRST + number * GB;
    }
}
