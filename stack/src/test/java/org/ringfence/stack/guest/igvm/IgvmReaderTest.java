package org.ringfence.stack.guest.igvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.stack.guest.igvm.IgvmHeader.GuestPolicy;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageData;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageDataType;
import org.ringfence.stack.guest.igvm.IgvmHeader.Parameter;
import org.ringfence.stack.guest.igvm.IgvmHeader.ParameterArea;
import org.ringfence.stack.guest.igvm.IgvmHeader.ParameterInsert;
import org.ringfence.stack.guest.igvm.IgvmHeader.RequiredMemory;
import org.ringfence.stack.guest.igvm.IgvmHeader.SupportedPlatform;
import org.ringfence.stack.guest.igvm.IgvmHeader.VpContext;

class IgvmReaderTest {
    private static final int FIXED = 0x18;
    private static final int PLATFORM = 0x18;

    @Test
    void theFixedHeaderIsThatOfTheDefinitions() {
        byte[] file = IgvmWriter.write(IgvmFiles.monitor());
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(new String(file, 0, 4, java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("IGVM");
        assertThat(bytes.getInt(4)).isEqualTo(1);
        assertThat(bytes.getInt(8)).isEqualTo(FIXED);
        assertThat(bytes.getInt(16)).isEqualTo(file.length);
        assertThat(bytes.getInt(FIXED)).isEqualTo(0x1);
        assertThat(bytes.getInt(FIXED + 4)).isEqualTo(16);
        assertThat(file[FIXED + 8 + 5]).as("SEV_SNP").isEqualTo((byte) 2);
    }

    @Test
    void aMonitorsFileReadsAsItWasWritten() throws IgvmRefused {
        assertThat(IgvmReader.read(IgvmWriter.write(IgvmFiles.monitor()))).isEqualTo(IgvmFiles.monitor());
    }

    /** A change of the fixed header, of the checksum's word, or of a header with the checksum made right again. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void aChangedFileIsRefusedAtTheByteThatIsWrong(String what, int at, int value, int size, long refusedAt) {
        byte[] file = IgvmWriter.write(IgvmFiles.monitor());
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        switch (size) {
            case 1 -> bytes.put(at, (byte) value);
            case 2 -> bytes.putShort(at, (short) value);
            default -> bytes.putInt(at, value);
        }
        byte[] given = at < FIXED ? file : IgvmWriter.withChecksum(file);
        assertRefused(given, refusedAt);
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("magic", 0, 0x4D564748, 4, 0L),
                Arguments.of("version", 4, 3, 4, 4L),
                Arguments.of("offset of the variable headers within the fixed header", 8, 0x10, 4, 8L),
                Arguments.of("offset of the variable headers unaligned", 8, 0x1C, 4, 8L),
                Arguments.of("offset of the variable headers beyond the file", 8, 0x7FFF_FFF8, 4, 8L),
                Arguments.of("size of the variable headers", 12, -8, 4, 12L),
                Arguments.of("size of the file", 16, 0x1234, 4, 16L),
                Arguments.of("checksum", 20, 0, 4, 20L),
                Arguments.of("unknown required type", PLATFORM, 0x314, 4, (long) PLATFORM),
                Arguments.of("unknown type of no section", PLATFORM, 0x7777, 4, (long) PLATFORM),
                Arguments.of("length of a known type", PLATFORM + 4, 8, 4, PLATFORM + 4L),
                Arguments.of("length beyond the headers", PLATFORM + 4, 0x7000, 4, PLATFORM + 4L),
                Arguments.of("two bits in a platform's mask", PLATFORM + 8, 3, 4, PLATFORM + 8L),
                Arguments.of("VTL 1", PLATFORM + 12, 1, 1, PLATFORM + 12L),
                Arguments.of("platform type 7", PLATFORM + 13, 7, 1, PLATFORM + 13L),
                Arguments.of("platform version 2", PLATFORM + 14, 2, 2, PLATFORM + 14L),
                Arguments.of("a second SEV_SNP", PLATFORM + 24 + 13, 2, 1, PLATFORM + 24L),
                Arguments.of("policy's reserved word", PLATFORM + 72 + 20, 1, 4, PLATFORM + 72 + 20L));
    }

    /** Headers that are wrong together; the index of the one refused and the offset in it, -8 for where it begins. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void headersThatAreWrongAreRefusedAtTheirByte(String what, List<IgvmHeader> headers, int index, int inside) {
        byte[] file = IgvmWriter.write(IgvmFile.of(Revision.V1, headers.toArray(IgvmHeader[]::new)));
        assertRefused(file, at(headers, index) + inside);
    }

    private static long at(List<IgvmHeader> headers, int index) {
        return FIXED + headers.subList(0, index).stream().mapToInt(h -> 8 + (h.type().length() + 7 & ~7)).sum() + 8L;
    }

    static Stream<Arguments> headers() {
        SupportedPlatform snp = new SupportedPlatform(1, 0, PlatformType.SEV_SNP, 0);
        SupportedPlatform tdx = new SupportedPlatform(2, 0, PlatformType.TDX, 0);
        SupportedPlatform plain = new SupportedPlatform(4, 0, PlatformType.NATIVE, 0);
        ParameterArea area = new ParameterArea(0x1000, 7, Contents.NONE);
        return Stream.of(
                wrong("no platform", 0, -8),
                wrong("an area of no whole pages", 1, 0, snp, new ParameterArea(0x800, 0, Contents.NONE)),
                wrong("a huge area", 1, 0, snp, new ParameterArea(1L << 40, 0, Contents.NONE)),
                wrong("an area made twice", 2, -8, snp, area, area),
                wrong("an insert of no area", 1, -8, snp, new ParameterInsert(0, 1, 0)),
                wrong("an area inserted twice", 3, -8, snp, area, new ParameterInsert(0, 1, 7),
                        new ParameterInsert(0x1000, 1, 7)),
                wrong("a parameter for no area", 1, -8, snp, new Parameter(HeaderType.SRAT, 7, 0)),
                wrong("a parameter after the insert", 3, -8, snp, area, new ParameterInsert(0, 1, 7),
                        new Parameter(HeaderType.SRAT, 7, 0)),
                wrong("a VP count beyond its area", 2, -8, snp, area,
                        new Parameter(HeaderType.VP_COUNT_PARAMETER, 7, 0xFFD)),
                wrong("a memory map with no room for an entry", 2, -8, snp, area,
                        new Parameter(HeaderType.MEMORY_MAP, 7, 0xFE9)),
                wrong("a parameter at 4 GiB less 1", 2, -8, snp, area,
                        new Parameter(HeaderType.SRAT, 7, 0xFFFF_FFFFL)),
                wrong("an unaligned page", 1, 0, snp, IgvmFiles.normal(0x800, 1, Contents.NONE)),
                wrong("an unaligned 2M page", 1, 0, snp,
                        new PageData(0x1000, 1, true, false, false, PageDataType.NORMAL, Contents.NONE)),
                wrong("a page cut short", 1, 12, snp, IgvmFiles.normal(0, 1, Contents.of(new byte[0x800]))),
                wrong("a page of no platform", 1, -8, snp, IgvmFiles.normal(0, 2, Contents.NONE)),
                wrong("a page of mask 0", 1, -8, snp, IgvmFiles.normal(0, 0, Contents.NONE)),
                wrong("two pages at one address", 2, -8, snp, IgvmFiles.normal(0, 1, Contents.NONE),
                        IgvmFiles.normal(0, 1, Contents.NONE)),
                wrong("a page in a 2M page", 2, -8, snp,
                        new PageData(0, 1, true, false, false, PageDataType.NORMAL, Contents.NONE),
                        IgvmFiles.normal(0x1F_F000, 1, Contents.NONE)),
                wrong("parameters over a page", 3, -8, snp, area, IgvmFiles.normal(0x1000, 1, Contents.NONE),
                        new ParameterInsert(0x1000, 1, 7)),
                wrong("a page over a VMSA", 2, -8, snp, new VpContext(0x7000, 1, 0, IgvmFiles.page(1)),
                        IgvmFiles.normal(0x7000, 1, Contents.NONE)),
                wrong("memory beyond 2^64", 1, -8, snp, new RequiredMemory(-0x1000, 1, 0x2000, false)),
                wrong("an unaligned size of required memory", 1, 12, snp, new RequiredMemory(0, 1, 0x800, false)),
                wrong("a VP context on TDX", 1, 8, tdx, new VpContext(0, 2, 0, IgvmFiles.page(0))),
                wrong("a VP context of two platforms", 2, 8, snp, tdx, new VpContext(0, 3, 0, IgvmFiles.page(0))),
                wrong("a VP context of no contents", 1, 12, snp, new VpContext(0, 1, 0, Contents.NONE)),
                wrong("a native VP context at an address", 1, 0, plain,
                        new VpContext(0x1000, 4, 0, IgvmFiles.page(0))),
                wrong("a native VP context with bytes beyond its registers", 1, 12, plain,
                        new VpContext(0, 4, 0, IgvmFiles.page(1))),
                wrong("a platform after a policy", 2, -8, snp, new GuestPolicy(0, 1), tdx),
                wrong("a policy after a directive", 2, -8, snp, area, new GuestPolicy(0, 1)),
                wrong("Arm CCA on X64", 0, -8, new SupportedPlatform(1, 0, PlatformType.CCA, 0)),
                wrong("a shared boundary without isolation", 0, 8,
                        new SupportedPlatform(1, 0, PlatformType.NATIVE, 1L << 40)));
    }

    private static Arguments wrong(String what, int index, int inside, IgvmHeader... headers) {
        return Arguments.of(what, List.of(headers), index, inside);
    }

    @Test
    void pagesOfDifferentPlatformsMayLieAtOneAddress() throws IgvmRefused {
        IgvmFile file = IgvmFile.of(Revision.V1, new SupportedPlatform(1, 0, PlatformType.SEV_SNP, 0),
                new SupportedPlatform(2, 0, PlatformType.TDX, 0), IgvmFiles.normal(0, 1, IgvmFiles.page(1)),
                IgvmFiles.normal(0, 2, IgvmFiles.page(2)), new RequiredMemory(0, 3, 0x1000, false));
        assertThat(IgvmReader.read(IgvmWriter.write(file))).isEqualTo(file);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] file = IgvmWriter.write(IgvmFiles.monitor());
        for (int length = 0; length < file.length; length += length < 0x300 ? 1 : 97) {
            byte[] cut = Arrays.copyOf(file, length);
            assertRefused(cut, length < FIXED ? length : 16);
        }
    }

    @Test
    void everyFlippedBitOfTheHeadersIsRefused() {
        byte[] file = IgvmWriter.write(IgvmFiles.monitor());
        int headers = FIXED + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
        for (int bit = 0; bit < 8 * headers; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatExceptionOfType(IgvmRefused.class).as("bit %d", bit).isThrownBy(() -> IgvmReader.read(flipped));
        }
    }

    @Property(tries = 500)
    void aRandomFileReadsAsItWasWritten(@ForAll long seed) throws IgvmRefused {
        IgvmFile file = IgvmFiles.random(new Random(seed));
        assertThat(IgvmReader.read(IgvmWriter.write(file))).isEqualTo(file);
    }

    /**
     * Headers are checksummed, so any change of them is refused; file data is not, so what was loaded may differ, and
     * nothing else.
     */
    @Property(tries = 600)
    void aFileChangedAnywhereIsRefusedOrReadsWithTheSameHeaders(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int changes) {
        Random random = new Random(seed);
        IgvmFile original = IgvmFiles.random(random);
        byte[] file = IgvmWriter.write(original);
        for (int i = 0; i < changes; i++) {
            file[random.nextInt(file.length)] ^= (byte) (1 + random.nextInt(255));
        }
        readOrRefused(file).ifPresent(read -> {
            byte[] before = IgvmWriter.write(withoutContents(original));
            assertThat(IgvmWriter.write(withoutContents(read))).isEqualTo(before);
        });
    }

    /** With the checksum made right every check behind it is met: what is read at all is what its writing says. */
    @Property(tries = 1500)
    void aFileChangedBehindItsChecksumIsRefusedOrReadsAsItIsWritten(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int changes) throws IgvmRefused {
        Random random = new Random(seed);
        byte[] file = IgvmWriter.write(IgvmFiles.random(random));
        int headers = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(8)
                + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(12);
        for (int i = 0; i < changes; i++) {
            int at = FIXED + random.nextInt(headers - FIXED);
            file[at] = random.nextInt(3) == 0 ? (byte) random.nextInt(256) : (byte) (1 << random.nextInt(9) >> 1);
        }
        var read = readOrRefused(IgvmWriter.withChecksum(file));
        if (read.isPresent()) {
            // Padding is written as zero.
            assertThat(IgvmReader.read(IgvmWriter.write(read.get())).headers()).isEqualTo(read.get().headers());
        }
    }

    /** COCONUT's builder writes 0x17 in a file that declares 0x7. */
    @Test
    void platformsThatAreNotDeclaredArePassedOverInAMask() throws Exception {
        SupportedPlatform snp = new SupportedPlatform(1, 0, PlatformType.SEV_SNP, 0);
        IgvmFile read = IgvmReader.read(IgvmWriter.write(IgvmFile.of(
                Revision.V1, snp, IgvmFiles.normal(0x1000, 0x17, IgvmFiles.page(1)),
                new VpContext(0x7000, 0x11, 0, IgvmFiles.page(2)))));
        assertThat(read.warnings()).extracting(IgvmFile.Warning::sentence).containsExactly(
                "the compatibility mask 0x17 of a PAGE_DATA names platforms that the file does not declare, 0x16; "
                        + "these are passed over",
                "the compatibility mask 0x11 of a VP_CONTEXT names platforms that the file does not declare, 0x10; "
                        + "these are passed over");
        assertThat(LaunchPlan.of(read, PlatformType.SEV_SNP, new LaunchParameters(1, MemoryMap.ofPages(16), true))
                .steps()).hasSize(2);
    }

    @Test
    void paddingThatIsNotZeroIsToldAndPassedOver() throws Exception {
        List<IgvmHeader> headers = List.of(
                new SupportedPlatform(1, 0, PlatformType.SEV_SNP, 0), new VpContext(0x1000, 1, 0, IgvmFiles.page(1)));
        byte[] file = IgvmWriter.write(IgvmFile.of(Revision.V1, headers.toArray(IgvmHeader[]::new)));
        int padding = (int) at(headers, 1) + HeaderType.VP_CONTEXT.length();
        java.util.Arrays.fill(file, padding, padding + 4, (byte) '0');
        assertThat(IgvmReader.read(IgvmWriter.withChecksum(file)).warnings()).containsExactly(new IgvmFile.Warning(
                padding,
                "the 4 bytes of padding behind a VP_CONTEXT are not zero, as they should be; they are passed over"));
    }

    @Test
    void manifestsAreReadAndWritten() throws Exception {
        IgvmFile file = IgvmFile.of(Revision.V1,
                new SupportedPlatform(1, 0, PlatformType.SEV_SNP, 0),
                new IgvmHeader.Corim(HeaderType.CORIM_DOCUMENT, 1, Contents.of((byte) 0xA0)),
                new IgvmHeader.Corim(HeaderType.CORIM_SIGNATURE, 1, Contents.of((byte) 0xD2, (byte) 0x84)));
        byte[] bytes = IgvmWriter.write(file);
        assertThat(IgvmReader.read(bytes)).isEqualTo(file);
        bytes[FIXED + 24 + 8 + 8] = 0x7F;
        assertRefused(IgvmWriter.withChecksum(bytes), FIXED + 24 + 8 + 4);
    }

    @Property(tries = 600)
    void anyBytesAreRefusedOrRead(@ForAll byte[] bytes) {
        readOrRefused(bytes);
    }

    private static java.util.Optional<IgvmFile> readOrRefused(byte[] file) {
        try {
            return java.util.Optional.of(IgvmReader.read(file));
        } catch (IgvmRefused refused) {
            assertThat(refused.offset()).isBetween(0L, (long) file.length);
            assertThat(refused).hasMessageStartingWith("at byte 0x");
            return java.util.Optional.empty();
        }
    }

    private static IgvmFile withoutContents(IgvmFile file) {
        List<VariableHeader> bare = new ArrayList<>();
        for (VariableHeader header : file.headers()) {
            IgvmHeader without = switch (header.header()) {
                case PageData page -> new PageData(
                        page.gpa(), page.compatibilityMask(), page.isLarge(), page.unmeasured(), page.shared(),
                        page.dataType(), Contents.NONE);
                case ParameterArea area -> new ParameterArea(area.numberOfBytes(), area.index(), Contents.NONE);
                case VpContext vp -> new VpContext(vp.gpa(), vp.compatibilityMask(), vp.vpIndex(), Contents.NONE);
                default -> header.header();
            };
            bare.add(new VariableHeader(header.optional(), without));
        }
        return new IgvmFile(file.revision(), bare);
    }

    private static void assertRefused(byte[] file, long offset) {
        assertThatExceptionOfType(IgvmRefused.class).isThrownBy(() -> IgvmReader.read(file))
                .satisfies(refused -> assertThat(refused.offset()).as(refused.getMessage()).isEqualTo(offset));
    }
}
