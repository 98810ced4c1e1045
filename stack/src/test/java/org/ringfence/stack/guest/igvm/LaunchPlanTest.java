package org.ringfence.stack.guest.igvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.ringfence.stack.guest.igvm.LaunchPlan.CannotLaunch;
import org.ringfence.stack.guest.igvm.LaunchStep.LoadPage;
import org.ringfence.stack.guest.igvm.LaunchStep.LoadParameters;
import org.ringfence.stack.guest.igvm.LaunchStep.RequireMemory;
import org.ringfence.stack.guest.igvm.LaunchStep.ShareRange;
import org.ringfence.stack.guest.igvm.LaunchStep.StartVp;
import org.ringfence.stack.guest.igvm.MemoryMap.Entry;

class LaunchPlanTest {
    private static final MemoryMap MEMORY = new MemoryMap(List.of(
            new Entry(0, 0x80, MemoryMap.Type.MEMORY), new Entry(0x80, 0x40, MemoryMap.Type.PLATFORM_RESERVED),
            new Entry(0x100, 0x700, MemoryMap.Type.MEMORY)));
    private static final LaunchParameters GIVEN = new LaunchParameters(4, MEMORY, true);

    @Test
    void eachPlatformGetsTheStepsThatAreMeantForIt() throws Exception {
        IgvmFile file = IgvmReader.read(IgvmWriter.write(IgvmFiles.monitor()));
        assertThat(LaunchPlan.of(file, PlatformType.SEV_SNP, GIVEN).steps()).hasExactlyElementsOfTypes(
                RequireMemory.class, LoadPage.class, LoadPage.class, LoadPage.class, LoadPage.class,
                LoadParameters.class, StartVp.class);
        assertThat(LaunchPlan.of(file, PlatformType.TDX, GIVEN).steps()).hasExactlyElementsOfTypes(
                RequireMemory.class, LoadPage.class, LoadPage.class, LoadParameters.class, ShareRange.class);
        assertThat(LaunchPlan.of(file, PlatformType.NATIVE, GIVEN).steps()).hasExactlyElementsOfTypes(
                RequireMemory.class, LoadPage.class, LoadPage.class, LoadParameters.class);
    }

    @Test
    void unmeasuredPagesAndSharedOnesAreNotMeasured() throws Exception {
        List<LoadPage> pages = LaunchPlan.of(IgvmFiles.monitor(), PlatformType.SEV_SNP, GIVEN).steps().stream()
                .filter(LoadPage.class::isInstance).map(LoadPage.class::cast).toList();
        assertThat(pages).extracting(LoadPage::measured).containsExactly(true, true, false, false);
    }

    @Test
    void theGuestReadsTheMemoryMapThatTheHostWasGiven() throws Exception {
        LaunchPlan plan = LaunchPlan.of(IgvmFiles.monitor(), PlatformType.TDX, GIVEN);
        Contents area = plan.steps().stream().filter(LoadParameters.class::isInstance)
                .map(step -> ((LoadParameters) step).contents()).findFirst().orElseThrow();
        ByteBuffer bytes = area.buffer();
        assertThat(bytes.getInt(0)).isEqualTo(4);
        assertThat(bytes.getInt(4)).as("memory is shared").isEqualTo(1);
        assertThat(MemoryMap.read(Contents.within(bytes, 0x1000, 0x1000))).isEqualTo(MEMORY);
        assertThat(bytes.getShort(0x1000 + MemoryMap.ENTRY + 16)).as("type of the second range").isEqualTo((short) 1);
    }

    @Test
    void aFileForOtherPlatformsOrMoreMemoryCannotBeLaunched() {
        assertThatExceptionOfType(CannotLaunch.class)
                .isThrownBy(() -> LaunchPlan.of(IgvmFiles.monitor(), PlatformType.CCA, GIVEN))
                .withMessage("the file is not for the platform CCA");
        assertThatExceptionOfType(CannotLaunch.class)
                .isThrownBy(() -> LaunchPlan.of(IgvmFiles.monitor(), PlatformType.TDX,
                        new LaunchParameters(1, MemoryMap.ofPages(15), false)))
                .withMessageContaining("requires 0x10000 bytes of memory at GPA 0x0, of which the guest has a part");
    }

    /** As QEMU does, which makes a region where there is none. */
    @Test
    void requiredMemoryOutsideOfTheMapIsMade() throws Exception {
        LaunchPlan plan = LaunchPlan.of(IgvmFiles.monitor(), PlatformType.TDX,
                new LaunchParameters(1, new MemoryMap(List.of(new Entry(0x100, 16, MemoryMap.Type.MEMORY))), false));
        assertThat(plan.steps()).contains(new RequireMemory(0, 0x1_0000, true));
        assertThat(LaunchPlan.of(IgvmFiles.monitor(), PlatformType.TDX, GIVEN).steps())
                .contains(new RequireMemory(0, 0x1_0000, false));
    }

    /** Held against the definition of PAGE_INFO, byte by byte: one page of contents, and one of zeroes. */
    @Test
    void theLaunchDigestChainsOneStructureAPage() throws Exception {
        byte[] contents = new byte[0x1000];
        contents[5] = 7;
        LaunchPlan plan = new LaunchPlan(PlatformType.SEV_SNP, List.of(
                new LoadPage(0x3000, 0x1000, IgvmHeader.PageDataType.NORMAL, true, false, Contents.of(contents)),
                new LoadPage(0x4000, 0x1000, IgvmHeader.PageDataType.NORMAL, true, false, Contents.NONE)));
        byte[] first = new byte[0x70];
        System.arraycopy(sha384(contents), 0, first, 0x30, 48);
        first[0x60] = 0x70;
        first[0x62] = 1;
        first[0x69] = 0x30;
        byte[] second = new byte[0x70];
        System.arraycopy(sha384(first), 0, second, 0, 48);
        second[0x60] = 0x70;
        second[0x62] = 3;
        second[0x69] = 0x40;
        assertThat(LaunchDigest.of(plan)).contains(java.util.HexFormat.of().formatHex(sha384(second)));
    }

    /** MRTD has a block for each page added, and for each 256 bytes measured a block and these bytes. */
    @Test
    void mrtdMeasuresWhereAPageLiesAndWhatItHolds() throws Exception {
        java.io.ByteArrayOutputStream measured = new java.io.ByteArrayOutputStream();
        ByteBuffer add = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
        add.put("MEM.PAGE.ADD".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).putLong(16, 0x3000);
        measured.writeBytes(add.array());
        for (int part = 0; part < 16; part++) {
            ByteBuffer extend = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
            extend.put("MR.EXTEND".getBytes(java.nio.charset.StandardCharsets.US_ASCII)).putLong(16,
                    0x3000 + part * 256L);
            measured.writeBytes(extend.array());
            measured.writeBytes(new byte[256]);
        }
        measured.writeBytes(add.putLong(16, 0x5000).array());
        LaunchPlan plan = new LaunchPlan(PlatformType.TDX, List.of(
                new LoadPage(0x3000, 0x1000, IgvmHeader.PageDataType.NORMAL, true, false, Contents.NONE),
                new LoadParameters(0x5000, Contents.of(new byte[0x1000]))));
        assertThat(LaunchDigest.of(plan)).contains(java.util.HexFormat.of().formatHex(sha384(measured.toByteArray())));
    }

    private static byte[] sha384(byte[] bytes) throws java.security.NoSuchAlgorithmException {
        return java.security.MessageDigest.getInstance("SHA-384").digest(bytes);
    }

    @Test
    void aMapThatDoesNotFitItsAreaCannotBeLaunched() {
        List<Entry> many = java.util.stream.LongStream.range(0, 171)
                .mapToObj(i -> new Entry(i == 0 ? 0 : 16 + 2 * i, i == 0 ? 16 : 1, MemoryMap.Type.MEMORY)).toList();
        assertThatExceptionOfType(CannotLaunch.class)
                .isThrownBy(() -> LaunchPlan.of(IgvmFiles.monitor(), PlatformType.TDX,
                        new LaunchParameters(1, new MemoryMap(many), false)))
                .withMessageContaining("171 ranges does not fit the 4096 bytes");
    }

    @Test
    void aMapThatFillsItsAreaNeedsNoLastEntry() throws Exception {
        List<Entry> many = java.util.stream.LongStream.range(0, 170)
                .mapToObj(i -> new Entry(i == 0 ? 0 : 16 + 2 * i, i == 0 ? 16 : 1, MemoryMap.Type.MEMORY)).toList();
        LaunchPlan plan = LaunchPlan.of(IgvmFiles.monitor(), PlatformType.TDX,
                new LaunchParameters(1, new MemoryMap(many), false));
        ByteBuffer area = ((LoadParameters) plan.steps().get(3)).contents().buffer();
        assertThat(MemoryMap.read(Contents.within(area, 0x1000, 0x1000)).entries()).isEqualTo(many);
    }

    @Test
    void aHostileMemoryMapIsRefusedAtItsEntry() {
        ByteBuffer area = ByteBuffer.allocate(0x1000).order(ByteOrder.LITTLE_ENDIAN);
        area.putLong(0).putLong(0x100).putLong(0);
        area.putLong(0x80).putLong(0x100).putLong(0);
        assertRefused(area, MemoryMap.ENTRY);
        area.putLong(MemoryMap.ENTRY, 0x100).putLong(MemoryMap.ENTRY + 8, -1);
        assertRefused(area, MemoryMap.ENTRY);
        area.putLong(MemoryMap.ENTRY + 8, 1).putShort(MemoryMap.ENTRY + 16, (short) 6);
        assertRefused(area, MemoryMap.ENTRY);
        area.putLong(0, Long.MIN_VALUE);
        assertRefused(area, 0);
    }

    private static void assertRefused(ByteBuffer area, long offset) {
        assertThatExceptionOfType(IgvmRefused.class).isThrownBy(() -> MemoryMap.read(Contents.within(area, 0, 0x1000)))
                .satisfies(refused -> assertThat(refused.offset()).isEqualTo(offset));
    }

    @Property(tries = 600)
    void anyAreaIsRefusedOrReadsAsASortedMap(@ForAll byte[] bytes) {
        try {
            List<Entry> entries = MemoryMap.read(Contents.of(bytes)).entries();
            for (int i = 1; i < entries.size(); i++) {
                assertThat(entries.get(i).firstPage()).isGreaterThanOrEqualTo(entries.get(i - 1).end());
            }
        } catch (IgvmRefused refused) {
            assertThat(refused.offset() % MemoryMap.ENTRY).isZero();
        }
    }

    @Property(tries = 600)
    void whatAMonitorKeepsIsNoLongerInTheMap(@ForAll @IntRange(min = 0, max = 0x900) int first,
            @ForAll @IntRange(min = 1, max = 0x900) int pages) {
        MemoryMap left = MEMORY.without(first, pages);
        assertThat(left.entries()).noneMatch(entry -> entry.firstPage() < first + pages && first < entry.end());
        long taken = java.util.stream.LongStream.range(first, first + pages)
                .filter(page -> MEMORY.hasMemory(page, 1)).count();
        assertThat(left.memoryPages()).isEqualTo(MEMORY.memoryPages() - taken);
    }
}
