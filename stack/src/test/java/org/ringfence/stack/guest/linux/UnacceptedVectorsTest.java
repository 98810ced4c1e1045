package org.ringfence.stack.guest.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;

/** What the EFI stub and the kernel do at the edges, by the numbers that the vectors have: S, U. */
class UnacceptedVectorsTest {
    private static final long B = 0x1_0000_0000L;
    private static final long M = 0x10_0000;
    private static final long G = 0x4000_0000L;
    private static final long UNIT = 2 * M;

    private final List<PhysicalRange> accepted = new ArrayList<>();

    private static PhysicalRange range(long start, long end) {
        return new PhysicalRange(start, end);
    }

    private static long[] unaccepted(UnacceptedTable table) {
        return LongStream.range(0, table.math().units()).filter(table::isUnaccepted).toArray();
    }

    private static long[] numbers(long first, long end) {
        return LongStream.range(first, end).toArray();
    }

    private static UnacceptedTable table(long... units) {
        UnacceptedTable table = UnacceptedTable.empty(UNIT, B, 2);
        for (long unit : units) {
            table.mark(new UnitRange(unit, unit + 1), true);
        }
        return table;
    }

    private static UnacceptedTable full() {
        return table(numbers(0, 16));
    }

    private KernelAcceptance kernel(UnacceptedTable table) {
        return KernelAcceptance.linux(Optional.of(table), accepted::add);
    }

    private EfiStub stub(UnacceptedTable table) {
        return new EfiStub(table, accepted::add);
    }

    @Test
    void s2RangesBelowTwoUnitsAreAcceptedWhole() {
        UnacceptedTable table = table();
        stub(table).process(range(B + M, B + 4 * M));
        assertThat(accepted).containsExactly(range(B + M, B + 4 * M));
        assertThat(unaccepted(table)).isEmpty();
    }

    @Test
    void s3PartialUnitsAreAcceptedAndTheRestIsNoted() {
        UnacceptedTable table = table();
        stub(table).process(range(B + M, B + 5 * M));
        assertThat(accepted).containsExactly(range(B + M, B + 2 * M), range(B + 4 * M, B + 5 * M));
        assertThat(unaccepted(table)).containsExactly(1);
    }

    @Test
    void s4WhatLiesBelowTheTableIsAccepted() {
        UnacceptedTable table = UnacceptedTable.empty(UNIT, 0x1_8000_0000L, 64);
        stub(table).process(range(B, 0x1_C000_0000L));
        assertThat(accepted).containsExactly(range(B, 0x1_8000_0000L));
        assertThat(unaccepted(table)).isEqualTo(numbers(0, 512));
    }

    @Test
    void s5WhatLiesBeyondTheTableIsAccepted() {
        UnacceptedTable table = UnacceptedTable.empty(UNIT, B, 1);
        stub(table).process(range(B, B + 32 * M));
        assertThat(accepted).containsExactly(range(B + 16 * M, B + 32 * M));
        assertThat(unaccepted(table)).isEqualTo(numbers(0, 8));
    }

    @Test
    void aRangeWhollyOutsideTheTableIsAccepted() {
        UnacceptedTable table = UnacceptedTable.empty(UNIT, B, 1);
        stub(table).process(range(B + 64 * M, B + 80 * M));
        stub(table).process(range(B - 64 * M, B - 32 * M));
        assertThat(accepted).containsExactly(range(B + 64 * M, B + 80 * M), range(B - 64 * M, B - 32 * M));
        assertThat(unaccepted(table)).isEmpty();
    }

    @Test
    void s6TheTableIsMadeForWhatIsUnaccepted() {
        List<MemoryDescriptor> map = List.of(
                new MemoryDescriptor(EfiMemoryType.CONVENTIONAL, range(0, 0xA_0000)),
                new MemoryDescriptor(EfiMemoryType.UNACCEPTED, range(B, B + 60 * G)));
        UnacceptedTable table = EfiStub.allocate(map).orElseThrow();
        assertThat(table.size()).isEqualTo(3840);
        assertThat(table.math().physBase()).isEqualTo(B);
        stub(table).processAll(map);
        assertThat(accepted).isEmpty();
        assertThat(unaccepted(table)).isEqualTo(numbers(0, 30720));
        assertThat(EfiStub.allocate(map.subList(0, 1))).isEmpty();
    }

    @Test
    void s8TheStubHasNoGuardUnit() {
        UnacceptedTable table = table(0, 1);
        stub(table).accept(range(B, B + UNIT));
        assertThat(accepted).containsExactly(range(B, B + UNIT));
        assertThat(unaccepted(table)).containsExactly(1);
    }

    @Test
    void u1TheGuardUnitIsInTheSameCall() {
        UnacceptedTable table = full();
        kernel(table).accept(B, UNIT);
        assertThat(accepted).containsExactly(range(B, B + 4 * M));
        assertThat(unaccepted(table)).isEqualTo(numbers(2, 16));
    }

    @Test
    void u3AnAlignedBlockOf4MTakesThreeUnits() {
        UnacceptedTable table = full();
        kernel(table).accept(B, 4 * M);
        assertThat(accepted).containsExactly(range(B, B + 6 * M));
        assertThat(unaccepted(table)).isEqualTo(numbers(3, 16));
    }

    @Test
    void u5ARangeThatEndsAtTheBaseTakesUnit0() {
        UnacceptedTable table = full();
        kernel(table).accept(0, B);
        assertThat(accepted).containsExactly(range(B, B + UNIT));
        assertThat(unaccepted(table)).isEqualTo(numbers(1, 16));
    }

    @Test
    void u6ARangeBelowTheBaseTakesNothing() {
        UnacceptedTable table = full();
        kernel(table).accept(0, B - 0x1000);
        assertThat(accepted).isEmpty();
        assertThat(unaccepted(table)).isEqualTo(numbers(0, 16));
    }

    @Test
    void u7AnEmptyRangeHasAGuardUnit() {
        UnacceptedTable table = full();
        kernel(table).accept(B + 4 * M, 0);
        assertThat(accepted).containsExactly(range(B + 4 * M, B + 6 * M));
        assertThat(table.isUnaccepted(2)).isFalse();
    }

    @Test
    void u8EachRunIsACallOfItsOwn() {
        UnacceptedTable table = full();
        table.mark(new UnitRange(1, 2), false);
        kernel(table).accept(B, 4 * M);
        assertThat(accepted).containsExactly(range(B, B + UNIT), range(B + 4 * M, B + 6 * M));
        assertThat(unaccepted(table)).isEqualTo(numbers(3, 16));
    }

    @Test
    void u9WhatLiesBeyondTheTableCountsAsAccepted() {
        UnacceptedTable table = full();
        kernel(table).accept(B + 64 * M, UNIT);
        assertThat(accepted).isEmpty();
        assertThat(unaccepted(table)).isEqualTo(numbers(0, 16));
    }

    @Test
    void u11AnUnacceptedGuardUnitCounts() {
        assertThat(kernel(table(1)).contains(B, UNIT)).isTrue();
    }

    @Test
    void u12TheLastUnitIsMissedWhereTheStartIsNotAligned() {
        assertThat(kernel(table(1)).contains(B + M, M + 0x1000)).isFalse();
        KernelAcceptance repaired = new KernelAcceptance(
                Optional.of(table(1)), accepted::add, true, Probe.EVERY_UNIT);
        assertThat(repaired.contains(B + M, M + 0x1000)).isTrue();
    }

    @Test
    void u13TheTableLiesInTwoPagesAndOneWasReserved() {
        long address = 0x7d62_4018L;
        int size = 0xfdc;
        assertThat(address + UnacceptedTable.HEADER).isEqualTo(0x7d62_4030L);
        assertThat(address + UnacceptedTable.HEADER + size).isEqualTo(0x7d62_500cL);
        assertThat(TableReservation.WHOLE.pages(address, size)).isEqualTo(range(0x7d62_4000L, 0x7d62_6000L));
        assertThat(TableReservation.START_AND_SIZE_APART.pages(address, size))
                .isEqualTo(range(0x7d62_4000L, 0x7d62_5000L));
    }

    @Test
    void u14ABitHasAnAddress() {
        assertThat(UnacceptedTable.empty(UNIT, B, 0xfdc).math().address(32475)).isEqualTo(0x10_DB60_0000L);
    }

    @Test
    void u15WithoutATableAllIsAccepted() {
        KernelAcceptance kernel = KernelAcceptance.linux(Optional.empty(), accepted::add);
        kernel.accept(B, UNIT);
        assertThat(accepted).isEmpty();
        assertThat(kernel.contains(B, UNIT)).isFalse();
    }

    /** The table is the truth that a kernel started by kexec goes on with: no unit is accepted twice. */
    @Test
    void aTableThatIsHandedOnKeepsItsBits() throws TableRefused {
        UnacceptedTable table = full();
        kernel(table).accept(B, 4 * M);
        UnacceptedTable next = UnacceptedTable.read(table.write());
        accepted.clear();
        kernel(next).accept(B, 8 * M);
        assertThat(accepted).containsExactly(range(B + 6 * M, B + 10 * M));
    }
}
