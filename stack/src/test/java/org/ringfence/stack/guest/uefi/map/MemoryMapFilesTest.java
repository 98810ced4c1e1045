package org.ringfence.stack.guest.uefi.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.host.inventory.BadInventory;

/** Memory maps as shells, kernels and firmware write them, and what is refused. */
class MemoryMapFilesTest {
    private static final String SHELL = """
            Shell> memmap
            Type       Start            End              # Pages          Attributes
            BS_Code    0000000000000000-0000000000000FFF 0000000000000001 000000000000000F
            Available  0000000000001000-000000000009FFFF 000000000000009F 000000000000000F
            Reserved   00000000FFC00000-00000000FFFFFFFF 0000000000000400 8000000000000001
            Unaccepted 0000000100000000-000000017FFFFFFF 0000000000080000 0000000000000000
            80000001   0000000000100000-0000000000100FFF 0000000000000001 000000000000000F

              Reserved  :          1,024 Pages (4,194,304 Bytes)
              LoaderCode:              0 Pages (0 Bytes)
            Total Memory: 2,048 MB (2,147,483,648 Bytes)
            """;

    private static EfiMemoryMap text(String text) throws BadInventory {
        return EfiMemoryMap.readText(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theShellsTableIsReadWithoutItsSums() throws BadInventory {
        EfiMemoryMap map = text(SHELL);
        assertThat(map.descriptors()).containsExactly(
                new EfiDescriptor(3, 0, 1, 0xF, 3),
                new EfiDescriptor(7, 0x1000, 0x9F, 0xF, 4),
                new EfiDescriptor(0x8000_0001L, 0x10_0000, 1, 0xF, 7),
                new EfiDescriptor(0, 0xFFC0_0000L, 0x400, 0x8000_0000_0000_0001L, 5),
                new EfiDescriptor(15, 0x1_0000_0000L, 0x8_0000, 0, 6));
        assertThat(map.bytes(EfiMemoryType.UNACCEPTED)).isEqualTo(2L << 30);
    }

    @Test
    void aShellThatPrintsToAFileWritesUtf16() throws BadInventory {
        byte[] wide = ("\uFEFF" + SHELL).getBytes(StandardCharsets.UTF_16LE);
        assertThat(EfiMemoryMap.readText(wide)).isEqualTo(text(SHELL));
    }

    @Test
    void theShellsStandardFormatIsRead() throws BadInventory {
        EfiMemoryMap map = text("""
                ShellCommand,"memmap"
                MemoryMap,"BootServiceData","1000","2FFF","2","F"
                MemoryMapSummary,"8192","0","0","8192"
                """);
        assertThat(map.descriptors()).containsExactly(new EfiDescriptor(4, 0x1000, 2, 0xF, 2));
    }

    @Test
    void efiLinesAreSortedAsEdk2ListsReservedRangesBehindAllMemory() throws BadInventory {
        EfiMemoryMap map =
                text("""
                        efi: mem00: [Conventional Memory|   |  |  |  |  |  |  |  |   |WB|WT|WC|UC] range=[0x0000000000100000-0x000000003fffffff] (1023MB)
                        efi: mem01: [Reserved           |   |  |  |  |  |  |  |  |   |  |  |  |  ] range=[0x00000000000a0000-0x00000000000fffff] (0MB)
                        """);
        assertThat(map.descriptors()).containsExactly(
                new EfiDescriptor(0, 0xA_0000, 0x60, 0, 2), new EfiDescriptor(7, 0x10_0000, 0x3_FF00, 0xF, 1));
    }

    @Test
    void everyTypeIsKnownByBothNamesThatLinuxHasPrinted() throws BadInventory {
        List<String> names = List.of(
                "Reserved", "Loader Code", "Loader Data", "Boot Code", "Boot Data", "Runtime Code", "Runtime Data",
                "Conventional", "Unusable", "ACPI Reclaim", "ACPI Mem NVS", "MMIO", "MMIO Port", "PAL Code",
                "Persistent", "Unaccepted");
        for (int type = 0; type < names.size(); type++) {
            assertThat(typeOf(names.get(type))).isEqualTo(type);
        }
        assertThat(typeOf("Conventional Memory")).isEqualTo(7);
        assertThat(typeOf("MMIO Port Space")).isEqualTo(12);
        assertThat(typeOf("type=15")).isEqualTo(15);
        assertThat(typeOf("type=1879048192")).isEqualTo(0x7000_0000L);
    }

    private static long typeOf(String name) throws BadInventory {
        return text("efi: mem00: [%s|RUN|WB] range=[0x1000-0x1fff] (0MB)".formatted(name))
                .descriptors()
                .getFirst()
                .type();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';',
            textBlock = """
                    BS_Data 1000-1FFF 1 F~BS_Data 1000-2FFF 2 F;                    2; overlaps the range 0x1000-0x1fff of line 1
                    BS_Data 1000-0FFF 0 F;                                          1; at least one 4K page
                    BS_Data 1000-17FF 1 F;                                          1; at least one 4K page
                    BS_Data 1000-1FFF 2 F;                                          1; has 0x1 pages, and not 0x2
                    BS_Data 1800-27FF 1 F;                                          1; at least one 4K page
                    BS_Data FFFFFFFFFFFFF000-FFFFFFFFFFFFFFFF 1 F;                  1; leaves the address space
                    BS_Data FFFFFFFFFFFFF000-0FFF 2 F;                              1; at least one 4K page
                    BS_Dato 1000-1FFF 1 F;                                          1; the type of memory is unknown
                    00000010 1000-1FFF 1 F;                                         1; the type of memory is unknown
                    BS_Data 1000-1FFF 1 F~whatever this is;                         2; the line is no part of a memory map
                    Type Start End # Pages;                                         1; the file ends without a memory map
                    efi: mem00: [Boot Dato|WB] range=[0x1000-0x1fff] (0MB);         1; is no type of memory
                    efi: mem00: [type=16|WB] range=[0x1000-0x1fff] (0MB);           1; is no type of memory
                    efi: mem00: [Boot Data|WX] range=[0x1000-0x1fff] (0MB);         1; is no attribute of memory
                    efi: mem00: [Boot Data|WB] range=[0x1000-0x1000) (0MB);         1; at least one 4K page
                    efi: mem00: [Boot Data|WB] range=[0x0-0x0) (0MB);               1; ends before it begins
                    efi: mem00: [Boot Data|WB] range=[0x2000-0x1fff] (0MB);         1; at least one 4K page
                    efi: mem00: [Boot Data|WB] 0x1000-0x1fff;                       1; is no range
                    efi: mem00: [Boot Data|WB] range=[0x1000-0x2fff] (0MB)~efi: mem01: [Boot Data|WB] range=[0x0-0x1fff] (0MB); 1; overlaps the range 0x0-0x1fff of line 2
                    """)
    void whatNoFirmwareReturnsIsRefusedWithItsLine(String lines, int line, String sentence) {
        assertThatExceptionOfType(BadInventory.class)
                .isThrownBy(() -> text(lines.replace('~', '\n')))
                .withMessageContaining(sentence)
                .satisfies(bad -> assertThat(bad.line()).isEqualTo(line));
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 48, 56})
    void descriptorsAreReadAtTheirOwnDistance(int size) throws BadInventory, DescriptorRefused {
        EfiMemoryMap map = EfiMemoryMap.readDescriptors(text(SHELL).write(size), size);
        assertThat(map.descriptors()).extracting(EfiDescriptor::type).containsExactly(3L, 7L, 0x8000_0001L, 0L, 15L);
        assertThat(map.descriptors()).extracting(EfiDescriptor::place).containsExactly(0, size, 2 * size, 3 * size,
                4 * size);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            0;   10; 0x10 is no type of memory
            32;  10; at byte 0x30
            24;  0;  has no page
            8;   1;  the address of a 4K page
            31;  80; leaves the address space
            15;  80; leaves the address space
            56;  0;  overlaps the range
            """)
    void aByteThatMakesADescriptorWrongIsRefusedWithItsPlace(int at, String value, String sentence)
            throws BadInventory {
        byte[] bytes = text("BS_Data 1000-1FFF 1 F\nBS_Data 2000-2FFF 1 F").write(48);
        int place = at == 32 ? 48 : at;
        bytes[place] = (byte) Integer.parseInt(value, 16);
        if (at == 56) {
            bytes[57] = 0x10;
        }
        assertThatExceptionOfType(DescriptorRefused.class)
                .isThrownBy(() -> EfiMemoryMap.readDescriptors(bytes, 48))
                .withMessageContaining(sentence)
                .satisfies(refused -> assertThat(refused.offset()).isEqualTo(place / 48 * 48));
    }

    @Test
    void aFileThatEndsWithinADescriptorIsRefused() {
        assertThatExceptionOfType(DescriptorRefused.class)
                .isThrownBy(() -> EfiMemoryMap.readDescriptors(new byte[100], 48))
                .withMessage(
                        "at byte 0x60: the file has 100 bytes; allowed is a multiple of the descriptors' 48 bytes, "
                                + "and one at least");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> EfiMemoryMap.readDescriptors(new byte[96], 8))
                .withMessageContaining("allowed are 40 to 4096 bytes");
    }
}
