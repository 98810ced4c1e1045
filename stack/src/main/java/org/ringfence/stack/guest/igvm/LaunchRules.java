package org.ringfence.stack.guest.igvm;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ringfence.stack.guest.igvm.HeaderType.Section;
import org.ringfence.stack.guest.igvm.IgvmHeader.Corim;
import org.ringfence.stack.guest.igvm.IgvmHeader.ErrorRange;
import org.ringfence.stack.guest.igvm.IgvmHeader.GuestPolicy;
import org.ringfence.stack.guest.igvm.IgvmHeader.Ignored;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageData;
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
 * What the headers of one file must be to each other. Sections come in order; a mask names a platform, and those that
 * were not declared are passed over with a warning; a parameter area is made once, used, and inserted once; and of what
 * is loaded for one platform no two things lie at one address. Required memory is no load, and overlaps what it likes.
 */
final class LaunchRules {
    private static final int PAGE = 0x1000;

    private record Loaded(long end, int at) {}

    private final Revision revision;
    private final List<IgvmFile.Warning> warnings;
    private final Map<Integer, PlatformType> platforms = new HashMap<>();
    private final Map<Integer, Long> areas = new HashMap<>();
    private final Set<Integer> inserted = new HashSet<>();
    private final Map<Integer, NavigableMap<Long, Loaded>> loaded = new HashMap<>();
    private Section section = Section.PLATFORM;
    private int declared;

    LaunchRules(Revision revision, List<IgvmFile.Warning> warnings) {
        this.revision = revision;
        this.warnings = warnings;
    }

    /**
     * The one platform of those declared so far that {@code mask} names; null where it names none of them or several.
     */
    @Nullable
    PlatformType platform(int mask) {
        return platforms.get(mask & declared);
    }

    /** A header of type {@code code} begins at {@code at}. */
    void enter(int at, int code) throws IgvmRefused {
        Section of = HeaderType.section(code).orElse(section);
        if (of.compareTo(section) < 0) {
            throw new IgvmRefused(at,
                    "a header of the section %s follows one of the section %s".formatted(of, section));
        }
        section = of;
    }

    /** The headers are over. */
    void end(int begin) throws IgvmRefused {
        if (platforms.isEmpty()) {
            throw new IgvmRefused(begin, "no platform is declared; the first header must be a SUPPORTED_PLATFORM");
        }
    }

    void check(int at, IgvmHeader header) throws IgvmRefused {
        if (header instanceof SupportedPlatform platform) {
            declare(at, platform);
            return;
        }
        int undeclared = header.compatibilityMask() & ~declared;
        boolean masked = !(header instanceof ParameterArea || header instanceof Parameter || header instanceof Ignored);
        if (masked && (header.compatibilityMask() & declared) == 0) {
            throw new IgvmRefused(at, "the compatibility mask 0x%X names none of the platforms declared, 0x%X"
                    .formatted(header.compatibilityMask(), declared));
        }
        if (masked && undeclared != 0) {
            warnings.add(new IgvmFile.Warning(at,
                    "the compatibility mask 0x%X of a %s names platforms that the file does not declare, 0x%X; these are passed over"
                            .formatted(header.compatibilityMask(), header.type(), undeclared)));
        }
        switch (header) {
            case ParameterArea area -> {
                if (areas.putIfAbsent(area.index(), area.numberOfBytes()) != null) {
                    throw new IgvmRefused(at, "parameter area %d is made twice".formatted(area.index()));
                }
            }
            case Parameter parameter -> {
                long room = area(at, parameter.index()) - parameter.byteOffset();
                if (room < leastSize(parameter.type())) {
                    throw new IgvmRefused(at,
                            "a %s at offset 0x%X does not fit parameter area %d of 0x%X bytes".formatted(
                                    parameter.type(), parameter.byteOffset(), parameter.index(),
                                    areas.get(parameter.index())));
                }
            }
            case ParameterInsert insert -> {
                load(at, insert.compatibilityMask(), insert.gpa(), area(at, insert.index()));
                inserted.add(insert.index());
            }
            case PageData page -> load(at, page.compatibilityMask(), page.gpa(), page.size());
            case ErrorRange range -> load(at, range.compatibilityMask(), range.gpa(), range.sizeBytes());
            case VpContext context -> {
                if (context.gpa() != 0) {
                    load(at, context.compatibilityMask(), context.gpa(), PAGE);
                }
            }
            case RequiredMemory memory -> {
                if (Long.compareUnsigned(memory.gpa() + memory.numberOfBytes(), memory.gpa()) < 0) {
                    throw new IgvmRefused(at, "the required memory at 0x%X ends beyond 2^64".formatted(memory.gpa()));
                }
            }
            case SupportedPlatform _,GuestPolicy _,RelocatableRegion _,PageTableRelocation _,Corim _,Unread _,Ignored _ ->
                {
                }
        }
    }

    private void declare(int at, SupportedPlatform platform) throws IgvmRefused {
        if (!platform.platform().runsOn(revision)) {
            throw new IgvmRefused(at, "%s does not run a file of revision %s".formatted(platform.platform(), revision));
        }
        if (platforms.containsValue(platform.platform()) || (declared & platform.compatibilityMask()) != 0) {
            throw new IgvmRefused(at, "%s or its mask 0x%X is declared twice"
                    .formatted(platform.platform(), platform.compatibilityMask()));
        }
        platforms.put(platform.compatibilityMask(), platform.platform());
        declared |= platform.compatibilityMask();
    }

    private long area(int at, int index) throws IgvmRefused {
        Long size = areas.get(index);
        if (size == null || inserted.contains(index)) {
            throw new IgvmRefused(at, "parameter area %d is %s".formatted(
                    index, size == null ? "not made before it is used" : "used after it was inserted"));
        }
        return size;
    }

    /** Bytes that every parameter of this type has at least. */
    private static int leastSize(HeaderType type) {
        return switch (type) {
            case VP_COUNT_PARAMETER, ENVIRONMENT_INFO_PARAMETER -> 4;
            case MMIO_RANGES -> 2 * 16;
            case MEMORY_MAP -> MemoryMap.ENTRY;
            default -> 1;
        };
    }

    private void load(int at, int mask, long gpa, long size) throws IgvmRefused {
        if (size == 0) {
            return;
        }
        long last = gpa + size - 1;
        if (Long.compareUnsigned(last, gpa) < 0) {
            throw new IgvmRefused(at, "0x%X bytes at 0x%X end beyond 2^64".formatted(size, gpa));
        }
        for (int rest = mask & declared; rest != 0; rest &= rest - 1) {
            NavigableMap<Long, Loaded> ranges =
                    loaded.computeIfAbsent(Integer.lowestOneBit(rest), bit -> new TreeMap<>(Long::compareUnsigned));
            refuseOverlap(at, gpa, last, ranges.floorEntry(last));
            ranges.put(gpa, new Loaded(last, at));
        }
    }

    private static void refuseOverlap(int at, long gpa, long last, Map.@Nullable Entry<Long, Loaded> before)
            throws IgvmRefused {
        if (before != null && Long.compareUnsigned(before.getValue().end(), gpa) >= 0) {
            throw new IgvmRefused(at,
                    "GPA 0x%X to 0x%X overlaps what the directive at byte 0x%X loads, 0x%X to 0x%X".formatted(
                            gpa, last, before.getValue().at(), before.getKey(), before.getValue().end()));
        }
    }
}
