package org.ringfence.stack.guest.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.stack.guest.linux.DeferredZone.When;

/** What the platforms are asked for, and when the allocator asks, by the numbers that the vectors have: M. */
class PlatformVectorsTest {
    private static final long B = 0x1_0000_0000L;
    private static final long M = 0x10_0000;
    private static final long BLOCK = 4 * M;

    private final List<PhysicalRange> accepted = new ArrayList<>();

    /** A zone over 64 MiB of unaccepted memory. */
    private DeferredZone zone(When when) {
        UnacceptedTable table = UnacceptedTable.empty(2 * M, B, 4);
        table.mark(new UnitRange(0, 32), true);
        return new DeferredZone(KernelAcceptance.linux(Optional.of(table), accepted::add), when);
    }

    @Test
    void m1LargestBlocksWaitAndCountAsFree() {
        DeferredZone zone = zone(When.LAZY);
        zone.release(B, 10);
        assertThat(accepted).isEmpty();
        assertThat(zone.free()).isEqualTo(1024);
        assertThat(zone.unaccepted()).isEqualTo(1024);
    }

    @Test
    void m2SmallerBlocksAreAcceptedAtOnce() {
        DeferredZone zone = zone(When.LAZY);
        zone.release(B, 9);
        assertThat(accepted).containsExactly(new PhysicalRange(B, B + 4 * M));
        assertThat(zone.free()).isEqualTo(512);
        assertThat(zone.unaccepted()).isZero();
    }

    @Test
    void m3AnEagerKernelAcceptsWhileItFrees() {
        DeferredZone zone = zone(When.EAGER);
        zone.release(B, 10);
        assertThat(accepted).containsExactly(new PhysicalRange(B, B + 6 * M));
        assertThat(zone.unaccepted()).isZero();
    }

    @Test
    void m4AsManyBlocksAreAcceptedAsTheWatermarkAsksFor() {
        DeferredZone zone = zone(When.LAZY);
        zone.addFree(6000 - 4096);
        for (int i = 0; i < 4; i++) {
            zone.release(B + i * BLOCK, 10);
        }
        assertThat(zone.free()).isEqualTo(6000);
        assertThat(zone.acceptFor(5000, 0, true)).isTrue();
        assertThat(zone.unaccepted()).isZero();
        assertThat(accepted).containsExactly(
                new PhysicalRange(B, B + 6 * M),
                new PhysicalRange(B + 6 * M, B + 10 * M),
                new PhysicalRange(B + 10 * M, B + 14 * M),
                new PhysicalRange(B + 14 * M, B + 18 * M));
    }

    @Test
    void m5WithoutAWatermarkEachAttemptAcceptsABlock() {
        DeferredZone zone = zone(When.LAZY);
        zone.addFree(1 << 20);
        zone.release(B, 10);
        zone.release(B + BLOCK, 10);
        assertThat(zone.acceptFor(0, 0, true)).isTrue();
        assertThat(zone.unaccepted()).isEqualTo(1024);
        assertThat(zone.acceptFor(0, 0, true)).isTrue();
        assertThat(zone.acceptFor(0, 0, true)).isFalse();
    }

    @Test
    void m6WhoMayOnlyTryLocksAcceptsNothing() {
        DeferredZone zone = zone(When.LAZY);
        zone.release(B, 10);
        assertThat(zone.acceptFor(0, 0, false)).isFalse();
        assertThat(accepted).isEmpty();
    }

    @Test
    void m7ATdPanicsWhereAPageIsAcceptedAlready() {
        List<AcceptSize> tried = new ArrayList<>();
        TdxArchAccept arch = new TdxArchAccept((_, size) -> {
            tried.add(size);
            return false;
        });
        assertThatExceptionOfType(Panic.class).isThrownBy(() -> arch.accept(new PhysicalRange(B, B + 2 * M)))
                .withMessageContaining("0x100000000");
        assertThat(tried).containsExactly(AcceptSize.SIZE_2M, AcceptSize.SIZE_4K);
    }

    @Test
    void aTdTriesTheLargestPageThatFits() {
        List<String> calls = new ArrayList<>();
        new TdxArchAccept((gpa, size) -> calls.add("%X %s".formatted(gpa, size)))
                .accept(new PhysicalRange(0x3FDF_F000L, 0x8020_1000L));
        assertThat(calls).containsExactly(
                "3FDFF000 SIZE_4K", "3FE00000 SIZE_2M", "40000000 SIZE_1G", "80000000 SIZE_2M", "80200000 SIZE_4K");
    }

    @Test
    void m10SmallPagesOfTheHostCost513Calls() {
        int[] calls = {0};
        new TdxArchAccept((_, size) -> {
            calls[0]++;
            return size == AcceptSize.SIZE_4K;
        }).accept(new PhysicalRange(B, B + 2 * M));
        assertThat(calls[0]).isEqualTo(513);
    }

    private static final class Recorder implements SnpArchAccept.Host {
        private final List<Integer> buffers = new ArrayList<>();
        private final int[] validated = new int[AcceptSize.values().length];
        private final PvalidateResult large;
        private final PvalidateResult small;
        private final boolean grants;

        private Recorder(PvalidateResult large, PvalidateResult small, boolean grants) {
            this.large = large;
            this.small = small;
            this.grants = grants;
        }

        @Override
        public boolean makePrivate(List<SnpArchAccept.Entry> entries) {
            buffers.add(entries.size());
            return grants;
        }

        @Override
        public PvalidateResult validate(long gpa, AcceptSize size) {
            validated[size.ordinal()]++;
            return size == AcceptSize.SIZE_4K ? small : large;
        }
    }

    @Test
    void m8APageOfAnotherSizeIsValidatedInSmallOnes() {
        Recorder host = new Recorder(PvalidateResult.FAIL_SIZEMISMATCH, PvalidateResult.CHANGED, true);
        new SnpArchAccept(host).accept(new PhysicalRange(B, B + 2 * M));
        assertThat(host.buffers).containsExactly(1);
        assertThat(Arrays.toString(host.validated)).isEqualTo("[0, 1, 512]");
    }

    @Test
    void m9AGuestAsksToBeTerminatedWhereAPageIsValidAlready() {
        Recorder host = new Recorder(PvalidateResult.UNCHANGED, PvalidateResult.UNCHANGED, true);
        assertThatExceptionOfType(Panic.class)
                .isThrownBy(() -> new SnpArchAccept(host).accept(new PhysicalRange(B, B + 2 * M)))
                .withMessageContaining("reason set 1 (LINUX), code 2 (PVALIDATE)");
        assertThat(Arrays.toString(host.validated)).isEqualTo("[0, 1, 0]");
    }

    @Test
    void aGuestAsksToBeTerminatedWhereTheHostRefuses() {
        Recorder host = new Recorder(PvalidateResult.CHANGED, PvalidateResult.CHANGED, false);
        assertThatExceptionOfType(Panic.class)
                .isThrownBy(() -> new SnpArchAccept(host).accept(new PhysicalRange(B, B + 2 * M)))
                .withMessageContaining("code 1 (PSC)");
        assertThat(Arrays.toString(host.validated)).as("it validates nothing then").isEqualTo("[0, 0, 0]");
    }

    @Test
    void aBufferHas64Entries() {
        Recorder host = new Recorder(PvalidateResult.CHANGED, PvalidateResult.CHANGED, true);
        new SnpArchAccept(host).accept(new PhysicalRange(B - 0x1000, B + 128 * M));
        assertThat(host.buffers).containsExactly(64, 1);
        assertThat(Arrays.toString(host.validated)).isEqualTo("[0, 64, 1]");
    }

    /** The crash kernel's hook: memory in a unit that is not accepted is no RAM, and nothing reads it. */
    @Test
    void m15UnacceptedMemoryIsLeftOutOfADump() {
        UnacceptedTable table = UnacceptedTable.empty(2 * M, B, 1);
        table.mark(new UnitRange(1, 2), true);
        VmcoreHook hook = new VmcoreHook(KernelAcceptance.linux(Optional.of(table), accepted::add));
        assertThat(hook.isRam((B + 2 * M) >> 12)).isFalse();
        assertThat(hook.isRam((B + 4 * M - 1) >> 12)).isFalse();
        assertThat(hook.isRam(B >> 12)).as("accepted").isTrue();
        assertThat(hook.isRam((B + 4 * M) >> 12)).as("accepted").isTrue();
        assertThat(hook.isRam((B - 0x1000) >> 12)).as("below the table").isTrue();
        assertThat(hook.isRam((B + 2 * M - 1) >> 12)).as("accepted, and its guard unit is not").isFalse();
        assertThat(accepted).isEmpty();
    }

    @Test
    void m16SegmentsOfTheNextKernelAreAcceptedWhenItIsLoaded() {
        UnacceptedTable table = UnacceptedTable.empty(2 * M, B, 1);
        table.mark(new UnitRange(0, 8), true);
        KernelAcceptance kernel = KernelAcceptance.linux(Optional.of(table), accepted::add);
        kernel.accept(B + 2 * M, 3 * M);
        assertThat(accepted).containsExactly(new PhysicalRange(B + 2 * M, B + 6 * M));
    }
}
