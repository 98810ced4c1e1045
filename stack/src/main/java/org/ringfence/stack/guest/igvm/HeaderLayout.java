package org.ringfence.stack.guest.igvm;

import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.ringfence.stack.guest.igvm.IgvmHeader.Corim;
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

/**
 * How each structure lies in a file, field by field in the order of its definition, with what a field must hold by
 * itself.
 */
final class HeaderLayout {
    private static final int PAGE = 0x1000;
    private static final long LARGE_MASK = 0x1F_FFFF;
    private static final int NATIVE_CONTEXT = 232;
    private static final int CCA_CONTEXT = 80;
    private static final int VBS_REGISTER = 32;

    private static final int IS_2MB_PAGE = 1;
    private static final int UNMEASURED = 2;
    private static final int SHARED = 4;
    private static final int VTL2_PROTECTABLE = 1;

    private HeaderLayout() {}

    static IgvmHeader read(HeaderType type, HeaderReader in, IntFunction<@Nullable PlatformType> platforms)
            throws IgvmRefused {
        return switch (type) {
            case SUPPORTED_PLATFORM -> supportedPlatform(in);
            case GUEST_POLICY -> {
                GuestPolicy policy = new GuestPolicy(in.u64(), in.i32());
                in.reserved(4);
                yield policy;
            }
            case RELOCATABLE_REGION -> relocatableRegion(in);
            case PAGE_TABLE_RELOCATION_REGION -> pageTableRelocation(in);
            case PARAMETER_AREA -> {
                long bytes = in.pages("the parameter area's size");
                if (bytes < 0 || bytes > Integer.MAX_VALUE) {
                    throw in.refuse("a parameter area of 0x%X bytes is larger than this loader holds, 2 GiB less 4K"
                            .formatted(bytes));
                }
                int index = in.i32();
                int field = in.next();
                yield new ParameterArea(bytes, index, in.data(field, in.u32(), bytes));
            }
            case PAGE_DATA -> pageData(in);
            case PARAMETER_INSERT -> new ParameterInsert(in.pages("the GPA"), in.i32(), in.i32());
            case VP_CONTEXT -> vpContext(in, platforms);
            case REQUIRED_MEMORY -> {
                long gpa = in.pages("the GPA");
                int mask = in.i32();
                long bytes = in.aligned(in.u32(), "the size", PAGE - 1);
                int flags = flags(in, VTL2_PROTECTABLE);
                in.reserved(4);
                yield new RequiredMemory(gpa, mask, bytes, flags != 0);
            }
            case ERROR_RANGE -> new ErrorRange(
                    in.pages("the GPA"), in.i32(), in.aligned(in.u32(), "the size", PAGE - 1));
            case VP_COUNT_PARAMETER, SRAT, MADT, MMIO_RANGES, MEMORY_MAP, COMMAND_LINE, SLIT, PPTT, DEVICE_TREE,
                    ENVIRONMENT_INFO_PARAMETER ->
                new Parameter(type, in.i32(), in.u32());
            case CORIM_DOCUMENT, CORIM_SIGNATURE -> corim(type, in);
            case CCA_POLICY, SNP_ID_BLOCK, VBS_MEASUREMENT -> new Unread(type, in.rest(type.length()));
        };
    }

    private static Corim corim(HeaderType type, HeaderReader in) throws IgvmRefused {
        int mask = in.i32();
        int field = in.next();
        long offset = in.u32();
        long bytes = in.u32();
        in.reserved(4);
        if (offset == 0 && bytes != 0) {
            throw new IgvmRefused(field, "a %s of %d bytes has no contents: its file offset is 0"
                    .formatted(type, bytes));
        }
        return new Corim(type, mask, in.data(field, offset, bytes));
    }

    private static int flags(HeaderReader in, int known) throws IgvmRefused {
        int flags = in.i32();
        if ((flags & ~known) != 0) {
            throw in.refuse("the flags 0x%X have reserved bits set; known are 0x%X".formatted(flags, known));
        }
        return flags;
    }

    private static SupportedPlatform supportedPlatform(HeaderReader in) throws IgvmRefused {
        int mask = in.i32();
        if (Integer.bitCount(mask) != 1) {
            throw in.refuse("a platform's compatibility mask is 0x%X; exactly one bit must be set".formatted(mask));
        }
        int vtl = in.u8();
        if (vtl != 0 && vtl != 2) {
            throw in.refuse("the highest VTL is %d; it must be 0 or 2".formatted(vtl));
        }
        int code = in.u8();
        Optional<PlatformType> platform = PlatformType.of(code);
        if (platform.isEmpty()) {
            throw in.refuse("the platform type is %d; known are 0 to %d"
                    .formatted(code, PlatformType.values().length - 1));
        }
        int version = in.u16();
        if (version != PlatformType.VERSION) {
            throw in.refuse("the platform's version is %d; it must be %d".formatted(version, PlatformType.VERSION));
        }
        long boundary = in.u64();
        if (boundary != 0 && !platform.get().mayHaveSharedBoundary()) {
            throw in.refuse("the shared GPA boundary is 0x%X; on %s it must be 0"
                    .formatted(boundary, platform.get()));
        }
        return new SupportedPlatform(mask, vtl, platform.get(), boundary);
    }

    private static RelocatableRegion relocatableRegion(HeaderReader in) throws IgvmRefused {
        int mask = in.i32();
        int vpIndex = in.u16();
        int vtl = in.u8();
        int flags = in.u8();
        long alignment = in.pages("the alignment");
        if (Long.bitCount(alignment) != 1) {
            throw in.refuse("the alignment 0x%X is no power of two".formatted(alignment));
        }
        long gpa = in.aligned(in.u64(), "the GPA", alignment - 1);
        long size = in.pages("the size");
        long least = in.aligned(in.u64(), "the minimum GPA", alignment - 1);
        long most = in.aligned(in.u64(), "the maximum GPA", alignment - 1);
        return new RelocatableRegion(mask, vpIndex, vtl, flags, alignment, gpa, size, least, most);
    }

    private static PageTableRelocation pageTableRelocation(HeaderReader in) throws IgvmRefused {
        int mask = in.i32();
        int vpIndex = in.u16();
        int vtl = in.u8();
        in.reserved(1);
        long gpa = in.pages("the GPA");
        long size = in.pages("the size");
        long used = in.pages("the used size");
        if (Long.compareUnsigned(used, size) > 0) {
            throw in.refuse("the used size 0x%X exceeds the size 0x%X".formatted(used, size));
        }
        return new PageTableRelocation(mask, vpIndex, vtl, gpa, size, used);
    }

    private static PageData pageData(HeaderReader in) throws IgvmRefused {
        int gpaField = in.next();
        long gpa = in.pages("the GPA");
        int mask = in.i32();
        int offsetField = in.next();
        long offset = in.u32();
        int flags = flags(in, IS_2MB_PAGE | UNMEASURED | SHARED);
        boolean large = (flags & IS_2MB_PAGE) != 0;
        if (large && (gpa & LARGE_MASK) != 0) {
            throw new IgvmRefused(gpaField, "the GPA 0x%X of a 2M page is no multiple of 0x200000".formatted(gpa));
        }
        int code = in.u16();
        PageDataType[] types = PageDataType.values();
        if (code >= types.length) {
            throw in.refuse("the page data type is %d; known are 0 to %d".formatted(code, types.length - 1));
        }
        in.reserved(2);
        Contents contents = in.data(offsetField, offset, large ? LARGE_MASK + 1 : PAGE);
        return new PageData(
                gpa, mask, large, (flags & UNMEASURED) != 0, (flags & SHARED) != 0, types[code], contents);
    }

    private static VpContext vpContext(HeaderReader in, IntFunction<@Nullable PlatformType> platforms)
            throws IgvmRefused {
        int gpaField = in.next();
        long gpa = in.pages("the GPA");
        int mask = in.i32();
        PlatformType platform = platforms.apply(mask);
        if (platform == null || platform == PlatformType.TDX) {
            throw in.refuse("the mask 0x%X of a VP context must be that of one platform other than TDX"
                    .formatted(mask));
        }
        int field = in.next();
        long offset = in.u32();
        int vpIndex = in.u16();
        in.reserved(2);
        if (offset == 0) {
            throw new IgvmRefused(field, "a VP context has no contents: its file offset is 0");
        }
        boolean isPage = platform == PlatformType.SEV_SNP || platform == PlatformType.SEV_ES;
        if (!isPage && gpa != 0) {
            throw new IgvmRefused(gpaField,
                    "the GPA is 0x%X; on %s a VP context is no page of the guest, and it must be 0"
                            .formatted(gpa, platform));
        }
        return new VpContext(gpa, mask, vpIndex, context(in, platform, field, offset));
    }

    private static Contents context(HeaderReader in, PlatformType platform, int field, long offset)
            throws IgvmRefused {
        return switch (platform) {
            case SEV_SNP, SEV_ES, TDX -> in.data(field, offset, PAGE);
            case NATIVE, SEV -> registers(in, field, offset, NATIVE_CONTEXT);
            case CCA -> registers(in, field, offset, CCA_CONTEXT);
            case VSM_ISOLATION -> {
                long count = Integer.toUnsignedLong(in.data(field, offset, 4).buffer().getInt(0));
                yield in.data(field, offset, 4 + count * VBS_REGISTER);
            }
        };
    }

    private static Contents registers(HeaderReader in, int field, long offset, int used) throws IgvmRefused {
        Contents page = in.data(field, offset, PAGE);
        if (!page.isZeroFrom(used)) {
            throw new IgvmRefused(field, "the VP context at 0x%X is not zero beyond its %d bytes"
                    .formatted(offset, used));
        }
        return page;
    }

    static void write(IgvmHeader header, HeaderWriter out) {
        switch (header) {
            case SupportedPlatform(int mask, int vtl, PlatformType platform, long boundary) ->
                out.u32(mask).u8(vtl).u8(platform.code()).u16(PlatformType.VERSION).u64(boundary);
            case GuestPolicy(long policy, int mask) -> out.u64(policy).u32(mask).u32(0);
            case RelocatableRegion region -> out
                    .u32(region.compatibilityMask())
                    .u16(region.vpIndex())
                    .u8(region.vtl())
                    .u8(region.flags())
                    .u64(region.alignment())
                    .u64(region.gpa())
                    .u64(region.size())
                    .u64(region.minimumGpa())
                    .u64(region.maximumGpa());
            case PageTableRelocation(int mask, int vpIndex, int vtl, long gpa, long size, long used) ->
                out.u32(mask).u16(vpIndex).u8(vtl).u8(0).u64(gpa).u64(size).u64(used);
            case Corim(HeaderType type, int mask, Contents contents) ->
                out.u32(mask).data(contents).u32(contents.length()).u32(0);
            case Unread(HeaderType type, Contents body) -> out.bytes(body);
            case Ignored(int code, Contents body) -> out.bytes(body);
            case ParameterArea(long bytes, int index, Contents initial) -> out.u64(bytes).u32(index).data(initial);
            case PageData page -> {
                int flags = (page.isLarge() ? IS_2MB_PAGE : 0)
                        | (page.unmeasured() ? UNMEASURED : 0)
                        | (page.shared() ? SHARED : 0);
                out.u64(page.gpa())
                        .u32(page.compatibilityMask())
                        .data(page.contents())
                        .u32(flags)
                        .u16(page.dataType().ordinal())
                        .u16(0);
            }
            case ParameterInsert(long gpa, int mask, int index) -> out.u64(gpa).u32(mask).u32(index);
            case Parameter(HeaderType type, int index, long byteOffset) -> out.u32(index).u32((int) byteOffset);
            case VpContext(long gpa, int mask, int vpIndex, Contents context) ->
                out.u64(gpa).u32(mask).data(context).u16(vpIndex).u16(0);
            case RequiredMemory(long gpa, int mask, long bytes, boolean vtl2) ->
                out.u64(gpa).u32(mask).u32((int) bytes).u32(vtl2 ? VTL2_PROTECTABLE : 0).u32(0);
            case ErrorRange(long gpa, int mask, long bytes) -> out.u64(gpa).u32(mask).u32((int) bytes);
        }
    }
}
