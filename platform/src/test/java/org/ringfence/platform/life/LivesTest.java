package org.ringfence.platform.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory;

/** Lives of small VMs end with every page given back, and no read gives what was not written. */
class LivesTest {
    private static final long MIB = 1L << 20;

    private static LifeRun play(
            String platform, long mib, int cpus, Acceptance acceptance, BackingSize backing, TouchOrder order,
            long seed,
            Optional<Misdeed> misdeed) {
        LifeOptions options = new LifeOptions(mib * MIB, cpus, acceptance, backing, order, 300, seed, misdeed);
        return Lives.play(platform, options, _ -> true, Optional.empty(), CostTable.defaults());
    }

    @ParameterizedTest
    @CsvSource({
        "64, 1, LAZY, LARGE, RANDOM",
        "64, 3, EAGER, LARGE, SEQUENTIAL",
        "66, 2, LAZY, SMALL, ZIPF",
        "128, 2, EAGER, SMALL, RANDOM",
        "130, 2, BELOW_4G, LARGE, ZIPF"
    })
    void aLifeIsWhole(long mib, int cpus, Acceptance acceptance, BackingSize backing, TouchOrder order) {
        for (String platform : Lives.platforms()) {
            LifeRun run = play(platform, mib, cpus, acceptance, backing, order, 7, Optional.empty());
            assertThat(run.isGood()).as("%s %s", platform, run).isTrue();
            assertThat(run.pages().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(mib * MIB);
            assertThat(run.reads()).isGreaterThan(375);
        }
    }

    /** As on QEMU's q35, with a hole below 4 GiB, and unaccepted memory that begins and ends within a unit. */
    @Test
    void aLifeWithAMemoryMapIsWhole() {
        List<FirmwareMemory.Range> ranges = List.of(
                new FirmwareMemory.Range(0, 0xA0, EfiMemoryType.CONVENTIONAL),
                new FirmwareMemory.Range(0x100, 0x1F00, EfiMemoryType.BOOT_SERVICES_DATA),
                new FirmwareMemory.Range(0x2000, 0x1003, EfiMemoryType.CONVENTIONAL),
                new FirmwareMemory.Range(0x3003, 0x3FFE, EfiMemoryType.UNACCEPTED),
                new FirmwareMemory.Range(0x7001, 0xFF, EfiMemoryType.ACPI_NVS),
                new FirmwareMemory.Range(0x7100, 0x100, EfiMemoryType.RESERVED),
                new FirmwareMemory.Range(0x7200, 0x77, EfiMemoryType.UNACCEPTED));
        BootMap map = new BootMap(ranges, 120 * MIB, 0);
        for (String platform : Lives.platforms()) {
            for (Acceptance acceptance : List.of(Acceptance.LAZY, Acceptance.EAGER)) {
                for (BackingSize backing : BackingSize.values()) {
                    LifeOptions options = new LifeOptions(
                            64 * MIB, 2, acceptance, backing, TouchOrder.RANDOM, 600, 5, Optional.empty()).with(map);
                    LifeRun run = Lives.play(
                            platform, options, _ -> true, Optional.empty(), CostTable.defaults());
                    assertThat(run.isGood()).as("%s %s %s", platform, options, run).isTrue();
                    assertThat(run.reads()).isGreaterThan(1000);
                    assertThat(run.pages().values().stream().mapToLong(Long::longValue).sum())
                            .isEqualTo(options.memory());
                }
            }
        }
    }

    @Test
    void aMapWithoutRoomForWhatIsSharedIsRefused() {
        BootMap map = new BootMap(
                List.of(new FirmwareMemory.Range(1, 0x3FE, EfiMemoryType.CONVENTIONAL)), 64 * MIB, 0);
        LifeOptions options = new LifeOptions(
                64 * MIB, 1, Acceptance.LAZY, BackingSize.LARGE, TouchOrder.RANDOM, 10, 1, Optional.empty()).with(map);
        assertThatThrownBy(
                () -> Lives.play("tdx", options, _ -> true, Optional.empty(), CostTable.defaults()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no whole 2 MiB below 4 GiB");
    }

    /**
     * With a log each leaf is an operation; without one those that a life performs most often are called by themselves.
     */
    @ParameterizedTest
    @CsvSource({"64, 1, LAZY, LARGE", "64, 2, EAGER, SMALL", "66, 3, BELOW_4G, SMALL", "64, 2, EAGER, LARGE"})
    void aLifeIsTheSameWithALogAndWithout(long mib, int cpus, Acceptance acceptance, BackingSize backing) {
        LifeOptions options = new LifeOptions(
                mib * MIB, cpus, acceptance, backing, TouchOrder.RANDOM, 300, 11, Optional.empty());
        for (String platform : Lives.platforms()) {
            long[] logged = new long[1];
            LifeRun with = Lives.play(
                    platform, options, _ -> true, Optional.of((_, _, _, _) -> logged[0]++), CostTable.defaults());
            LifeRun without = Lives.play(platform, options, _ -> true, Optional.empty(), CostTable.defaults());
            assertThat(without.calls()).as(platform).containsExactlyInAnyOrderEntriesOf(with.calls());
            assertThat(without.exits()).as(platform).isEqualTo(with.exits());
            assertThat(without.pages()).as(platform).isEqualTo(with.pages());
            assertThat(logged[0]).isEqualTo(with.calls().values().stream().mapToLong(Long::longValue).sum());
        }
    }

    @Test
    void aMisdeedNeverLeadsToAWrongValue() {
        for (String platform : Lives.platforms()) {
            for (Misdeed misdeed : Misdeed.values()) {
                for (long seed = 0; seed < 3; seed++) {
                    LifeRun run = play(
                            platform, 64, 2, Acceptance.LAZY, seed == 1 ? BackingSize.SMALL : BackingSize.LARGE,
                            TouchOrder.RANDOM, seed, Optional.of(misdeed));
                    assertThat(run.isGood()).as("%s %s %d: %s", platform, misdeed, seed, run).isTrue();
                    assertThat(run.misdeed()).isPresent();
                }
            }
        }
    }

    @Test
    @Timeout(20)
    void anInterruptDoesNotWaitForAStepThatTakesLong() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        LifeOptions options = new LifeOptions(
                64 * MIB, 1, Acceptance.LAZY, BackingSize.LARGE, TouchOrder.RANDOM, 1, 1, Optional.empty());
        LifeRun run = Lives.play(
                "snp", options, _ -> inside.getCount() > 0,
                Optional.of((_, _, operation, _) -> {
                    if (operation.mnemonic().equals("SNP_INIT")) {
                        inside.countDown();
                        try {
                            end.await();
                        } catch (InterruptedException interrupted) {
                            Thread.currentThread().interrupt();
                        }
                    }
                }),
                CostTable.defaults());
        end.countDown();
        assertThat(run.stopped()).contains("host");
        assertThat(run.calls()).containsEntry("SNP_INIT", 1L);
        assertThat(run.seconds()).isLessThan(10);
    }

    @Test
    void anEagerKernelOnSmallPagesFailsOnceForEach2MibAndExitsOnceForEachPage() {
        LifeRun run = play(
                "tdx", 64, 1, Acceptance.EAGER, BackingSize.SMALL, TouchOrder.SEQUENTIAL, 1, Optional.empty());
        long pages = 64 * MIB / 4096 - 512;
        assertThat(run.exits().get("ACCEPT_EPT_VIOLATION")).isGreaterThanOrEqualTo(pages);
        assertThat(run.calls().get("TDH.MEM.PAGE.AUG")).isGreaterThanOrEqualTo(pages);
    }
}
