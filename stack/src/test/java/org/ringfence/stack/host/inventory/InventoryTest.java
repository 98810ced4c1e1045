package org.ringfence.stack.host.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps and lists are read as Linux prints them, and bad ones are refused with their place. */
class InventoryTest {
    private static final Path SAMPLES = Path.of("..", "samples", "hosts");

    /** A row of the table of bad files. */
    record Row(String name, int line, int column, String sentence) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() throws IOException {
        return new String(resource("bad/expected"), StandardCharsets.UTF_8).lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> {
                    String[] cells = line.split(" \\| ", 3);
                    String[] place = cells[1].strip().split(":", -1);
                    return new Row(cells[0].strip(), Integer.parseInt(place[0]), Integer.parseInt(place[1]), cells[2]);
                });
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(InventoryTest.class.getResourceAsStream(name + ".txt"), name)) {
            return in.readAllBytes();
        }
    }

    private static HostMemoryMap map(String text) throws BadInventory {
        return HostMemoryMap.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static CpuList cpus(String text) throws BadInventory {
        return CpuList.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static BadInventory refused(Row row) throws IOException {
        byte[] bytes = resource("bad/" + row.name());
        try {
            if (row.name().startsWith("cpus")) {
                throw new AssertionError("was read: " + CpuList.read(bytes));
            }
            throw new AssertionError("was read: " + HostMemoryMap.read(bytes));
        } catch (BadInventory bad) {
            return bad;
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aBadFileIsRefusedInOneSentenceWithItsPlace(Row row) throws IOException {
        BadInventory bad = refused(row);
        assertThat(bad.line() + ":" + bad.column() + " " + bad.sentence())
                .isEqualTo(row.line() + ":" + row.column() + " " + row.sentence());
        assertThat(bad.sentence()).contains("allowed").doesNotContain("\n").doesNotEndWith(".");
    }

    @Test
    void theTableNamesEveryBadFile() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/org/ringfence/stack/host/inventory/bad"))) {
            List<String> names = files.map(file -> String.valueOf(file.getFileName()).replace(".txt", ""))
                    .filter(name -> !name.equals("expected"))
                    .sorted()
                    .toList();
            assertThat(rows().map(Row::name).sorted().toList()).isEqualTo(names);
        }
    }

    @Test
    void theLargeSampleHasTwoPackagesAndOneTebibyteLessWhatFirmwareKeeps() throws IOException, BadInventory {
        HostMemoryMap map = HostMemoryMap.read(Files.readAllBytes(SAMPLES.resolve("two-packages-1tib/dmesg.txt")));
        CpuList cpus = CpuList.read(Files.readAllBytes(SAMPLES.resolve("two-packages-1tib/lscpu.txt")));
        assertThat(map.ranges()).hasSize(19);
        assertThat(map.blocks().getFirst()).isEqualTo(new MemoryBlock(0, 0x9e000, 0));
        assertThat(map.blocks().getLast()).isEqualTo(new MemoryBlock(0x80_8000_0000L, 0x100_8000_0000L, 1));
        assertThat(map.usableBytes()).isBetween((1L << 40) - (1L << 30), 1L << 40);
        assertThat(cpus.cpus()).hasSize(224).allMatch(HostCpu::online);
        assertThat(cpus.sockets()).containsExactly(0, 1);
        assertThat(cpus.cpus().get(168)).isEqualTo(new HostCpu(168, 56, 1, 1, true));
    }

    @Test
    void anEfiMapIsReadWhereThereIsNoOther() throws IOException, BadInventory {
        HostMemoryMap map = HostMemoryMap.read(Files.readAllBytes(SAMPLES.resolve("one-package-efi/dmesg.txt")));
        assertThat(map.blocks()).containsExactly(
                new MemoryBlock(0, 0xa0000, 0),
                new MemoryBlock(0x100000, 0x6d80_0000, 0),
                new MemoryBlock(0x7200_0000, 0x7380_0000, 0),
                new MemoryBlock(0x1_0000_0000L, 0x10_8000_0000L, 0));
        CpuList cpus = CpuList.read(Files.readAllBytes(SAMPLES.resolve("one-package-efi/lscpu.txt")));
        assertThat(cpus.cpus()).hasSize(32);
        assertThat(cpus.online()).isEqualTo(32);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "BIOS-e820: [mem 0x0000000000001000-0x0000000000002fff] usable",
        "[    0.000000] BIOS-e820: [mem 0x0000000000001000-0x0000000000002fff] usable\r",
        "Nov 21 10:44:11 host kernel: BIOS-e820: [mem 0x0000000000001000-0x0000000000002fff] usable  ",
        "<6>[    0.000000] BIOS-e820: [mem 0x0000000000001000-0x0000000000002fff]  System RAM",
        "efi: mem00: [Conventional Memory|   |  |  |  |   |WB|WT|WC|UC] range=[0x0000000000001000-0x0000000000003000) (0MB)",
        "[    0.000000] efi: mem00: [Loader Data|attr=0x000000000000000f] range=[0x0000000000001000-0x0000000000002fff] (0MB)"
    })
    void everyKernelsWayToPrintARangeIsRead(String line) throws BadInventory {
        assertThat(map("noise\n" + line + "\nnoise\n").blocks()).containsExactly(new MemoryBlock(0x1000, 0x3000, 0));
    }

    /**
     * Linux prints the firmware's map first, and goes by the one that it makes of it for {@code memmap=} or for the
     * MTRRs.
     */
    @Test
    void theMapThatTheKernelUsesIsTheOneItPrintsLast() throws BadInventory {
        String firmware = "BIOS-e820: [mem 0x0000000000001000-0x0000000000008fff] usable\n";
        String user = """
                user-defined physical RAM map:
                user: [mem 0x0000000000001000-0x0000000000004fff] usable
                user: [mem 0x0000000000005000-0x0000000000008fff] reserved
                """;
        String modified = "[    0.004] modified: [mem 0x0000000000001000-0x0000000000002fff] usable\n";

        assertThat(map(firmware).origin()).isEqualTo(HostMemoryMap.Origin.FIRMWARE);
        assertThat(map(firmware + user).blocks()).containsExactly(new MemoryBlock(0x1000, 0x5000, 0));
        assertThat(map(firmware + user).origin()).isEqualTo(HostMemoryMap.Origin.USER);
        assertThat(map(firmware + modified).blocks()).containsExactly(new MemoryBlock(0x1000, 0x3000, 0));
        assertThat(map(firmware + user + modified).origin()).isEqualTo(HostMemoryMap.Origin.MODIFIED);
        assertThat(map(firmware + modified + user).origin()).isEqualTo(HostMemoryMap.Origin.USER);
        assertThat(map(firmware + "systemd[1]: user: not a map\n").blocks())
                .containsExactly(new MemoryBlock(0x1000, 0x9000, 0));
    }

    @Test
    void aKernelSince511PrintsShorterNames() throws BadInventory {
        HostMemoryMap map = map("efi: mem00: [Conventional|WB] range=[0x1000-0x1fff] (0MB)");
        assertThat(map.usableBytes()).isEqualTo(0x1000);
    }

    @Test
    void efiRangesAreReadInAnyOrder() throws BadInventory {
        assertThat(map("""
                efi: mem00: [Conventional Memory|WB] range=[0x3000-0x4fff] (0MB)
                efi: mem01: [Reserved|  ] range=[0x2000-0x2fff] (0MB)
                efi: mem02: [Conventional Memory|WB] range=[0x1000-0x1fff] (0MB)
                """).blocks()).containsExactly(new MemoryBlock(0x1000, 0x2000, 0), new MemoryBlock(0x3000, 0x5000, 0));
    }

    @Test
    void persistentMemoryIsNotUsableHoweverItIsPrinted() throws BadInventory {
        assertThat(map("""
                BIOS-e820: [mem 0x0000000000001000-0x0000000000001fff]  System RAM
                BIOS-e820: [mem 0x0000000000002000-0x0000000000002fff]  persistent RAM (type 7)
                BIOS-e820: [mem 0x0000000000003000-0x0000000000003fff]  persistent RAM (type 12)
                """).blocks()).containsExactly(new MemoryBlock(0x1000, 0x2000, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"virt/tdx: CMR[0]: [0x100000, 0x80000000)", "tdx: CMR: [0x100000, 0x80000000)"})
    void convertibleMemoryIsReadAsPatchesToLinuxPrintIt(String line) throws BadInventory {
        String usable = "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable\n";
        assertThat(map(usable).cmrs()).isEmpty();
        assertThat(map(usable + line + "\ntdx: CMR: [0x0, 0x0)\n").cmrs())
                .containsExactly(new HostMemoryMap.Convertible(0x10_0000, 0x8000_0000L, 2));
    }

    @Test
    void gapsAndSpecialPurposeMemoryAreNotUsable() throws BadInventory {
        HostMemoryMap map = map("""
                BIOS-e820: [mem 0x0000000000001000-0x0000000000002fff]  System RAM
                BIOS-e820: [gap 0x0000000000003000-0x0000000000003fff]
                BIOS-e820: [mem 0x0000000000004000-0x0000000000005fff]  soft reserved
                BIOS-e820: [mem 0x0000000000006000-0x0000000000006fff] persistent (type 12)
                BIOS-e820: [mem 0x0000000000007000-0x0000000000007fff] type 20
                """);
        assertThat(map.blocks()).containsExactly(new MemoryBlock(0x1000, 0x3000, 0));
        assertThat(map("""
                efi: mem00: [Conventional Memory|WB] range=[0x1000-0x1fff] (0MB)
                efi: mem01: [Conventional Memory|SP|WB] range=[0x2000-0x2fff] (0MB)
                efi: mem02: [Runtime Data|RUN|WB] range=[0x3000-0x3fff] (0MB)
                """).blocks()).containsExactly(new MemoryBlock(0x1000, 0x2000, 0));
    }

    @Test
    void touchingRangesOfOneNodeAreOneBlockAndPartialPagesAreLeftOut() throws BadInventory {
        assertThat(map("""
                BIOS-e820: [mem 0x0000000000000400-0x0000000000002fff] usable
                BIOS-e820: [mem 0x0000000000003000-0x000000000009fbff] usable
                """).blocks()).containsExactly(new MemoryBlock(0x1000, 0x9f000, 0));
    }

    @Test
    void aBlockEndsWhereItsNodeEnds() throws BadInventory {
        assertThat(map("""
                BIOS-e820: [mem 0x0000000000001000-0x0000000000008fff] usable
                ACPI: SRAT: Node 1 PXM 1 [mem 0x00004000-0x00005fff]
                ACPI: SRAT: Node 2 PXM 2 [mem 0x00006000-0x00ffffff] hotplug
                """).blocks()).containsExactly(
                new MemoryBlock(0x1000, 0x4000, 0),
                new MemoryBlock(0x4000, 0x6000, 1),
                new MemoryBlock(0x6000, 0x9000, 2));
    }

    @Test
    void columnsMayComeInAnyOrderAndOthersArePassedOver() throws BadInventory {
        assertThat(cpus("""
                # a comment, with a comma
                # Online,NODE,CPU,L1d,Socket,Core
                N,,1,,1,
                Y,,0,7,0,3
                """).cpus()).containsExactly(new HostCpu(0, 3, 0, 0, true), new HostCpu(1, 0, 1, 0, false));
    }
}
