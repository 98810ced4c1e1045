package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.stack.guest.igvm.Contents;
import org.ringfence.stack.guest.igvm.HeaderType;
import org.ringfence.stack.guest.igvm.IgvmFile;
import org.ringfence.stack.guest.igvm.IgvmHeader;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageData;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageDataType;
import org.ringfence.stack.guest.igvm.IgvmHeader.Parameter;
import org.ringfence.stack.guest.igvm.IgvmHeader.ParameterArea;
import org.ringfence.stack.guest.igvm.IgvmHeader.ParameterInsert;
import org.ringfence.stack.guest.igvm.IgvmHeader.RequiredMemory;
import org.ringfence.stack.guest.igvm.IgvmHeader.SupportedPlatform;
import org.ringfence.stack.guest.igvm.IgvmWriter;
import org.ringfence.stack.guest.igvm.PlatformType;
import org.ringfence.stack.guest.igvm.Revision;

/** A user has an IGVM file told in words, or is told where it is wrong. */
class ExplainIgvmTest {
    @TempDir
    private Path folder = Path.of("");

    static byte[] image(IgvmHeader... more) {
        IgvmHeader[] headers = {
            new SupportedPlatform(1, 2, PlatformType.SEV_SNP, 1L << 46),
            new RequiredMemory(0, 1, 0x10_000, false),
            normal(0x1000),
            normal(0x2000),
            new PageData(0x3000, 1, false, true, false, PageDataType.SECRETS, Contents.NONE),
            new ParameterArea(0x1000, 0, Contents.NONE),
            new Parameter(HeaderType.MEMORY_MAP, 0, 0),
            new ParameterInsert(0x5000, 1, 0)
        };
        IgvmHeader[] all = Arrays.copyOf(headers, headers.length + more.length);
        System.arraycopy(more, 0, all, headers.length, more.length);
        return IgvmWriter.write(IgvmFile.of(Revision.V1, all));
    }

    private static PageData normal(long gpa) {
        return new PageData(gpa, 1, false, false, false, PageDataType.NORMAL, Contents.of(new byte[0x1000]));
    }

    private Session.Ran explain(byte[] bytes) throws IOException {
        Files.write(folder.resolve("monitor.igvm"), bytes);
        return Session.in(folder).run("explain", "monitor.igvm");
    }

    private void assertRefused(byte[] bytes, String place) throws IOException {
        Session.Ran ran = explain(bytes);
        assertThat(ran.err()).startsWith("monitor.igvm: at byte " + place + ": ").hasLineCount(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.exit()).isEqualTo(2);
    }

    @Test
    void aLaunchIsToldInOrder() throws IOException {
        Session.Ran ran = explain(image());
        assertThat(ran.out())
                .contains(
                        """
                                  SEV_SNP
                                    needs 0x10000 bytes of memory at GPA 0x0
                                    loads 2 pages of 4K to GPA 0x1000, normal, measured
                                    loads 1 page of 4K to GPA 0x3000, secrets, unmeasured
                                    loads 0x1000 bytes of parameters to GPA 0x5000, unmeasured
                                    launch digest c365d81d7cc03a6b0104e244f65be18ba56da85ad75485cb3bd6a5863b25717e34c0c20d588c481aae26bd5cfea1b018
                                """);
        assertThat(ran.exit()).isZero();
    }

    @Test
    void contentsThatNobodyMeasuresAreTold() throws IOException {
        byte[] contents = new byte[0x1000];
        contents[0] = 1;
        assertThat(explain(image(new PageData(
                0x6000, 1, false, true, false, PageDataType.NORMAL, Contents.of(contents)))).out()).contains(
                        "of the pages loaded, 1 has contents that are not measured: the host can put anything there");
    }

    @Test
    void whatIsWrongIsToldWithItsOffset() throws IOException {
        byte[] magic = image();
        magic[0] ^= 1;
        assertRefused(magic, "0x0");
        byte[] checksum = image();
        checksum[20] ^= 1;
        assertRefused(checksum, "0x14");
        assertRefused(Arrays.copyOf(image(), 10), "0xA");
        assertRefused(Arrays.copyOf(image(), 100), "0x10");
        assertThat(explain(image(normal(0x2000))).err()).contains("at byte 0x").hasLineCount(1);
    }

    @Test
    void anyTruncationAndAnyChangedByteIsToldOrRefusedInASentence() throws IOException {
        byte[] image = image();
        int headers = 0x18 + 0x200;
        for (int at = 0; at < image.length; at += at < headers ? 1 : 509) {
            holds(Arrays.copyOf(image, at));
            byte[] changed = image.clone();
            changed[at] ^= (byte) 0xFF;
            holds(changed);
            holds(at < 0x18 ? changed : IgvmWriter.withChecksum(changed));
        }
    }

    private void holds(byte[] bytes) throws IOException {
        Session.Ran ran = explain(bytes);
        assertThat(ran.exit()).as(ran.err()).isIn(0, 2);
        assertThat(ran.err()).doesNotContain("defect");
    }

    @Test
    void parametersThatFillTheHeapAreNoReasonToFail() throws IOException {
        Session.Ran ran = explain(image(new ParameterArea(0x7FFF_F000L, 1, Contents.NONE)));
        assertThat(ran.out()).contains("cannot be launched: parameter area 1 of 0x7FFFF000 bytes is too large");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void aFileThatIsNotThereIsToldSo() {
        assertThat(Session.in(folder).run("explain", "none.igvm").err())
                .isEqualTo("none.igvm: there is no such file; allowed is a file with an IGVM image\n");
    }
}
