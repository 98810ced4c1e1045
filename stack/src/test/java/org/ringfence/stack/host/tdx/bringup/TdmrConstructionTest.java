package org.ringfence.stack.host.tdx.bringup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.ringfence.stack.host.inventory.BadInventory;
import org.ringfence.stack.host.inventory.HostMemoryMap;
import org.ringfence.stack.host.inventory.MemoryBlock;

/** TDMRs cover memory as the module wants them, in Linux's order, or the errno is Linux's. */
class TdmrConstructionTest {
    private static final long MB = 1L << 20;
    private static final long GB = 1L << 30;

    private static List<Tdmr> tdmrs(Construction construction) {
        assertThat(construction).isInstanceOf(Construction.Constructed.class);
        return ((Construction.Constructed) construction).tdmrs();
    }

    private static Construction of(MemoryBlock... blocks) {
        return TdmrConstruction.of(List.of(blocks), TdmrLimits.tdx15());
    }

    private static MemoryBlock block(long start, long end) {
        return new MemoryBlock(start, end, 0);
    }

    @Example
    void theFirstMegabyteIsSkippedAndReserved() {
        Tdmr tdmr = tdmrs(of(block(0, 0xa0000), block(MB, 2 * GB))).getFirst();
        assertThat(tdmr.base()).isZero();
        assertThat(tdmr.size()).isEqualTo(2 * GB);
        assertThat(tdmr.reserved()).containsExactly(
                new ReservedArea(0, MB), new ReservedArea(MB, tdmr.pamt().size()));
    }

    @Example
    void aGigabyteTakesFourMebibytesAndTwelveKibibytes() {
        Pamt pamt = tdmrs(of(block(4 * GB, 5 * GB))).getFirst().pamt();
        assertThat(pamt).isEqualTo(new Pamt(4 * GB, 4 * MB, 8192, 4096));
        assertThat(pamt.base1g()).isEqualTo(4 * GB + 4 * MB + 8192);
    }

    @Example
    void blocksOfOneGigabyteShareATdmrAndTheHoleBetweenThemIsReserved() {
        List<Tdmr> tdmrs = tdmrs(of(block(4 * GB, 4 * GB + 512 * MB), block(4 * GB + 768 * MB, 5 * GB)));
        assertThat(tdmrs).hasSize(1);
        assertThat(tdmrs.getFirst().reserved()).containsExactly(
                new ReservedArea(0, tdmrs.getFirst().pamt().size()), new ReservedArea(512 * MB, 256 * MB));
    }

    @Example
    void aBlockThatBeginsInTheTdmrBeforeGetsOneForTheRest() {
        List<Tdmr> tdmrs = tdmrs(of(block(4 * GB, 4 * GB + 512 * MB), block(4 * GB + 768 * MB, 7 * GB)));
        assertThat(tdmrs).extracting(Tdmr::base).containsExactly(4 * GB, 5 * GB);
        assertThat(tdmrs).extracting(Tdmr::size).containsExactly(GB, 2 * GB);
    }

    @Example
    void eachPamtIsOnTheNodeOfItsMemoryAboveFourGigabytesFirst() {
        List<Tdmr> tdmrs = tdmrs(of(
                new MemoryBlock(MB, 2 * GB, 0),
                new MemoryBlock(4 * GB, 8 * GB, 0),
                new MemoryBlock(8 * GB, 16 * GB, 1)));
        assertThat(tdmrs.get(0).pamt().base()).isEqualTo(4 * GB);
        assertThat(tdmrs.get(1).pamt().base()).isEqualTo(tdmrs.get(0).pamt().end());
        assertThat(tdmrs.get(2).pamt().base()).isEqualTo(8 * GB);
        assertThat(tdmrs.get(1).reserved()).hasSize(2);
    }

    @Example
    void aNodeWithoutRoomBorrows() {
        List<Tdmr> tdmrs = tdmrs(of(
                new MemoryBlock(4 * GB, 5 * GB, 0),
                new MemoryBlock(6 * GB + 4096, 6 * GB + 8192, 1)));
        assertThat(tdmrs.get(1).pamt().base()).isBetween(4 * GB, 5 * GB);
    }

    @Example
    void tooManyHolesAndTooManyBlocksAreEnospcAndTooLittleRoomIsEnomem() {
        List<MemoryBlock> holes = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            long start = 4 * GB + i * 32L * MB;
            holes.add(block(start, start + 16 * MB));
        }
        Construction full = TdmrConstruction.of(holes, TdmrLimits.tdx15());
        assertThat(full).isEqualTo(new Construction.Failed(
                BringUpErrno.ENOSPC, "TDMR [0x100000000, 0x140000000): reserved areas exhausted: the module takes 16"));
        List<MemoryBlock> many = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            many.add(new MemoryBlock((4 + 2L * i) * GB, (5 + 2L * i) * GB, i));
        }
        assertThat(TdmrConstruction.of(many, TdmrLimits.tdx15())).isEqualTo(new Construction.Failed(
                BringUpErrno.ENOSPC,
                "TDMRs exhausted: the module takes 64, and the memory block [0x2100000000, 0x2140000000) needs one more"));
        assertThat(tdmrs(TdmrConstruction.of(many.subList(0, 64), TdmrLimits.tdx15()))).hasSize(64);
        // On one node their PAMTs would all lie in the first TDMR, an area each although they touch.
        List<MemoryBlock> onOneNode = many.subList(0, 17).stream().map(one -> block(one.start(), one.end())).toList();
        assertThat(TdmrConstruction.of(onOneNode, TdmrLimits.tdx15())).isEqualTo(full);
        assertThat(of(block(4 * GB, 4 * GB + MB))).isInstanceOfSatisfying(
                Construction.Failed.class, failed -> assertThat(failed.errno()).isEqualTo(BringUpErrno.ENOMEM));
        assertThat(of(block(0, 0xa0000))).isInstanceOf(Construction.Failed.class);
    }

    @Example
    void aTebibyteOnTwoPackagesTakesOneTwoHundredFiftySixthForPamts() throws IOException, BadInventory {
        Path sample = Path.of("..", "samples", "hosts", "two-packages-1tib", "dmesg.txt");
        HostMemoryMap map = HostMemoryMap.read(Files.readAllBytes(sample));
        Construction.Constructed made =
                (Construction.Constructed) TdmrConstruction.of(map.blocks(), TdmrLimits.tdx15());
        assertThat(made.tdmrs()).extracting(Tdmr::toString).containsExactly(
                "TDMR [0x0, 0x80000000)", "TDMR [0x100000000, 0x8080000000)", "TDMR [0x8080000000, 0x10080000000)");
        assertThat((double) made.pamtBytes() / made.tdmrBytes()).isCloseTo(1 / 256.0, within(0.0001));
        assertThat(made.tdmrs().getLast().pamt().base()).isEqualTo(0x80_8000_0000L);
    }

    // ---- whatever the memory

    @Property
    void whatIsMadeIsWhatTheModuleWants(@ForAll("memories") List<MemoryBlock> blocks) {
        TdmrLimits limits = TdmrLimits.tdx15();
        Construction construction = TdmrConstruction.of(blocks, limits);
        Statistics.collect(construction.getClass().getSimpleName());
        if (!(construction instanceof Construction.Constructed(List<Tdmr> tdmrs))) {
            return;
        }
        assertThat(tdmrs).hasSizeLessThanOrEqualTo(limits.maxTdmrs()).isNotEmpty();
        long covered = 0;
        for (Tdmr tdmr : tdmrs) {
            assertThat(tdmr.base() % limits.alignment()).isZero();
            assertThat(tdmr.size() % limits.alignment()).isZero();
            assertThat(tdmr.size()).isPositive();
            assertThat(tdmr.base()).isGreaterThanOrEqualTo(covered);
            covered = tdmr.end();
            areInOrder(tdmr, limits);
            assertThat(tdmr.pamt().size4k()).isEqualTo(tdmr.size() / 256);
            assertThat(tdmr.pamt().base() % 4096 + tdmr.pamt().size() % 4096).isZero();
        }
        pamtsLieInMemoryAndApart(tdmrs, TdmrConstruction.tdxMemory(blocks));
        // Exactly the memory that is neither below 1 MB nor a PAMT can be given to TDs.
        long memory = TdmrConstruction.tdxMemory(blocks).stream().mapToLong(MemoryBlock::size).sum();
        long pamts = tdmrs.stream().mapToLong(tdmr -> tdmr.pamt().size()).sum();
        long inTdmrs = tdmrs.stream().mapToLong(Tdmr::usable).sum();
        assertThat(inTdmrs).isEqualTo(memory - pamts);
        everyReservedByteIsNoMemoryOrPamt(tdmrs, TdmrConstruction.tdxMemory(blocks));
    }

    private static void areInOrder(Tdmr tdmr, TdmrLimits limits) {
        assertThat(tdmr.reserved()).hasSizeLessThanOrEqualTo(limits.maxReserved());
        long end = 0;
        for (ReservedArea area : tdmr.reserved()) {
            assertThat(area.size()).isPositive();
            assertThat(area.offset() % 4096 + area.size() % 4096).isZero();
            assertThat(area.offset()).isGreaterThanOrEqualTo(end);
            end = area.end();
        }
        assertThat(end).isLessThanOrEqualTo(tdmr.size());
    }

    private static void pamtsLieInMemoryAndApart(List<Tdmr> tdmrs, List<MemoryBlock> memory) {
        for (Tdmr tdmr : tdmrs) {
            Pamt pamt = tdmr.pamt();
            assertThat(memory).anyMatch(block -> block.start() <= pamt.base() && pamt.end() <= block.end());
            for (Tdmr other : tdmrs) {
                if (!other.equals(tdmr)) {
                    assertThat(pamt.end() <= other.pamt().base() || other.pamt().end() <= pamt.base()).isTrue();
                }
                boolean apart = pamt.end() <= other.base() || other.end() <= pamt.base();
                long from = Math.max(pamt.base(), other.base()) - other.base();
                long to = Math.min(pamt.end(), other.end()) - other.base();
                assertThat(apart || other.reserved().contains(new ReservedArea(from, to - from))).isTrue();
            }
        }
    }

    private static void everyReservedByteIsNoMemoryOrPamt(List<Tdmr> tdmrs, List<MemoryBlock> memory) {
        for (Tdmr tdmr : tdmrs) {
            for (ReservedArea area : tdmr.reserved()) {
                long from = tdmr.base() + area.offset();
                long to = tdmr.base() + area.end();
                boolean hole = memory.stream().noneMatch(block -> block.start() < to && from < block.end());
                boolean pamt = tdmrs.stream().anyMatch(one -> one.pamt().base() <= from && to <= one.pamt().end());
                assertThat(hole || pamt).isTrue();
            }
        }
    }

    @Provide
    Arbitrary<List<MemoryBlock>> memories() {
        Arbitrary<Long> pages = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 64),
                Arbitraries.longs().between(1, 4 * GB / 4096),
                Arbitraries.of(GB / 4096, 2 * GB / 4096, MB / 4096));
        Arbitrary<List<Long>> lengths = pages.list().ofMinSize(2).ofMaxSize(40);
        return Combinators
                .combine(lengths, Arbitraries.integers().between(1, 3), Arbitraries.of(0L, 0x1000L, MB, 4 * GB))
                .as((list, nodes, first) -> {
                    List<MemoryBlock> blocks = new ArrayList<>();
                    long at = first;
                    for (int i = 0; i + 1 < list.size(); i += 2) {
                        // A hole of no pages is possible where the node changes.
                        long start = at + (list.get(i) - 1) * 4096;
                        long end = start + list.get(i + 1) * 4096;
                        blocks.add(new MemoryBlock(start, end, i / 2 % nodes));
                        at = end;
                    }
                    return blocks;
                });
    }

    @Example
    void holesBetweenConvertibleRangesAreFewerThanThoseBetweenUsableOnes() {
        List<MemoryBlock> usable = IntStream.range(1, 40)
                .mapToObj(i -> new MemoryBlock(i * 0x20_0000L, i * 0x20_0000L + 0x10_0000L, 0))
                .toList();
        assertThat(TdmrConstruction.of(usable, TdmrLimits.tdx15())).isInstanceOf(Construction.Failed.class);
        List<MemoryBlock> convertible = List.of(new MemoryBlock(0x10_0000, 1L << 30, 0));
        Tdmr made = tdmrs(TdmrConstruction.of(
                Stream.concat(usable.stream(), Stream.of(new MemoryBlock(0x1000_0000, 1L << 30, 0))).toList(),
                convertible,
                TdmrLimits.tdx15())).getFirst();
        assertThat(made.reserved()).as("the first MB, and the PAMT").hasSize(2);
    }
}
