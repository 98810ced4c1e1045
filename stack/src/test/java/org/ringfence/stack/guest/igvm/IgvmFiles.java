package org.ringfence.stack.guest.igvm;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ringfence.stack.guest.igvm.IgvmHeader.ErrorRange;
import org.ringfence.stack.guest.igvm.IgvmHeader.GuestPolicy;
import org.ringfence.stack.guest.igvm.IgvmHeader.Ignored;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageData;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageDataType;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageTableRelocation;
import org.ringfence.stack.guest.igvm.IgvmHeader.Parameter;
import org.ringfence.stack.guest.igvm.IgvmHeader.ParameterArea;
import org.ringfence.stack.guest.igvm.IgvmHeader.ParameterInsert;
import org.ringfence.stack.guest.igvm.IgvmHeader.RelocatableRegion;
import org.ringfence.stack.guest.igvm.IgvmHeader.RequiredMemory;
import org.ringfence.stack.guest.igvm.IgvmHeader.SupportedPlatform;
import org.ringfence.stack.guest.igvm.IgvmHeader.Unread;
import org.ringfence.stack.guest.igvm.IgvmHeader.VpContext;

/** IGVM files for tests: one like a monitor's, and random ones. */
final class IgvmFiles {
    static final int SNP = 1;
    static final int TDX = 2;
    static final int NATIVE = 4;

    private static final int PAGE = 0x1000;

    private IgvmFiles() {}

    /** A page filled with {@code value}. */
    static Contents page(int value) {
        byte[] bytes = new byte[PAGE];
        java.util.Arrays.fill(bytes, (byte) value);
        return Contents.of(bytes);
    }

    static PageData normal(long gpa, int mask, Contents contents) {
        return new PageData(gpa, mask, false, false, false, PageDataType.NORMAL, contents);
    }

    /** A monitor of two pages with its parameters, for three platforms. */
    static IgvmFile monitor() {
        return IgvmFile.of(Revision.V1, monitorHeaders().toArray(IgvmHeader[]::new));
    }

    static List<IgvmHeader> monitorHeaders() {
        return List.of(
                new SupportedPlatform(SNP, 2, PlatformType.SEV_SNP, 1L << 46),
                new SupportedPlatform(TDX, 2, PlatformType.TDX, 1L << 47),
                new SupportedPlatform(NATIVE, 0, PlatformType.NATIVE, 0),
                new GuestPolicy(0x3_0000, SNP),
                new RequiredMemory(0, SNP | TDX | NATIVE, 16 * PAGE, false),
                normal(0x1000, SNP | TDX | NATIVE, page(1)),
                normal(0x2000, SNP | TDX | NATIVE, Contents.NONE),
                new PageData(0x3000, SNP, false, true, false, PageDataType.SECRETS, Contents.NONE),
                new PageData(0x4000, SNP, false, true, false, PageDataType.CPUID_DATA, page(2)),
                new ParameterArea(2 * PAGE, 0, Contents.NONE),
                new Parameter(HeaderType.VP_COUNT_PARAMETER, 0, 0),
                new Parameter(HeaderType.ENVIRONMENT_INFO_PARAMETER, 0, 4),
                new Parameter(HeaderType.MEMORY_MAP, 0, PAGE),
                new ParameterInsert(0x5000, SNP | TDX | NATIVE, 0),
                new ErrorRange(0x8000, TDX, PAGE),
                new VpContext(0xFFFF_FFFF_F000L, SNP, 0, page(3)));
    }

    /** A file that obeys the rules, drawn by {@code random}. */
    static IgvmFile random(Random random) {
        List<VariableHeader> headers = new ArrayList<>();
        Revision revision = random.nextBoolean() ? Revision.V1 : Revision.V2_X64;
        int masks = platforms(random, headers);
        initialization(random, headers, masks);
        long gpa = random.nextInt(4) * (long) PAGE;
        int areas = 0;
        for (int i = random.nextInt(12); i > 0; i--) {
            gpa = gpa + PAGE - 1 & -PAGE;
            int mask = part(random, masks);
            switch (random.nextInt(6)) {
                case 0 -> {
                    boolean large = random.nextInt(8) == 0;
                    gpa = large ? gpa + 0x1F_FFFF & -0x20_0000 : gpa;
                    headers.add(VariableHeader.required(new PageData(
                            gpa, mask, large, random.nextBoolean(), random.nextBoolean(),
                            PageDataType.values()[random.nextInt(4)],
                            large || random.nextInt(3) == 0 ? Contents.NONE : page(random.nextInt(5)))));
                    gpa += large ? 0x20_0000 : PAGE;
                }
                case 1 -> {
                    int bytes = PAGE * (1 + random.nextInt(2));
                    headers.add(VariableHeader.required(new ParameterArea(
                            bytes, areas, random.nextBoolean() ? Contents.NONE : Contents.of(new byte[bytes]))));
                    headers.add(VariableHeader.required(new Parameter(
                            parameter(random), areas, random.nextInt(PAGE - 32))));
                    headers.add(VariableHeader.required(new ParameterInsert(gpa, mask, areas++)));
                    gpa += bytes;
                }
                case 2 -> headers.add(VariableHeader.required(new RequiredMemory(
                        random.nextInt(64) * (long) PAGE, mask, random.nextInt(64) * (long) PAGE,
                        random.nextBoolean())));
                case 3 -> {
                    headers.add(VariableHeader.required(new ErrorRange(gpa, mask, PAGE)));
                    gpa += PAGE;
                }
                case 4 -> headers.add(new VariableHeader(true, new Ignored(
                        0x3F0 + random.nextInt(8), Contents.of(new byte[random.nextInt(20)]))));
                default -> headers.add(new VariableHeader(
                        random.nextBoolean(),
                        new Unread(HeaderType.SNP_ID_BLOCK, identity(HeaderType.SNP_ID_BLOCK.length(), mask))));
            }
        }
        if ((masks & SNP) != 0) {
            headers.add(VariableHeader.required(new VpContext(0xFFFF_FFFF_F000L, SNP, random.nextInt(4), page(9))));
        }
        return new IgvmFile(revision, headers);
    }

    private static int platforms(Random random, List<VariableHeader> headers) {
        int masks = 1 + random.nextInt(7);
        if ((masks & SNP) != 0) {
            headers.add(VariableHeader.required(
                    new SupportedPlatform(SNP, 2, PlatformType.SEV_SNP, random.nextLong())));
        }
        if ((masks & TDX) != 0) {
            headers.add(VariableHeader.required(new SupportedPlatform(TDX, 0, PlatformType.TDX, random.nextLong())));
        }
        if ((masks & NATIVE) != 0) {
            headers.add(VariableHeader.required(new SupportedPlatform(NATIVE, 0, PlatformType.NATIVE, 0)));
        }
        return masks;
    }

    private static void initialization(Random random, List<VariableHeader> headers, int masks) {
        if (random.nextBoolean()) {
            headers.add(VariableHeader.required(new GuestPolicy(random.nextLong(), part(random, masks))));
        }
        if (random.nextBoolean()) {
            headers.add(VariableHeader.required(new RelocatableRegion(
                    part(random, masks), 0, 2, random.nextInt(8), PAGE, 0x1_0000, 0x4000, 0, 0x10_0000)));
            headers.add(VariableHeader.required(
                    new PageTableRelocation(part(random, masks), 0, 2, 0x20_0000, 0x4000, 0x2000)));
        }
    }

    private static Contents identity(int length, int mask) {
        byte[] body = new byte[length];
        body[0] = (byte) mask;
        return Contents.of(body);
    }

    private static int part(Random random, int masks) {
        int part = masks & random.nextInt(8);
        return part == 0 ? masks : part;
    }

    private static HeaderType parameter(Random random) {
        List<HeaderType> types = List.of(
                HeaderType.VP_COUNT_PARAMETER, HeaderType.SRAT, HeaderType.MADT, HeaderType.MMIO_RANGES,
                HeaderType.MEMORY_MAP, HeaderType.COMMAND_LINE, HeaderType.SLIT, HeaderType.PPTT,
                HeaderType.DEVICE_TREE, HeaderType.ENVIRONMENT_INFO_PARAMETER);
        return types.get(random.nextInt(types.size()));
    }
}
