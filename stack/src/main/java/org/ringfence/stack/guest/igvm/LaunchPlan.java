package org.ringfence.stack.guest.igvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ringfence.stack.guest.igvm.IgvmHeader.Directive;
import org.ringfence.stack.guest.igvm.IgvmHeader.ErrorRange;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageData;
import org.ringfence.stack.guest.igvm.IgvmHeader.Parameter;
import org.ringfence.stack.guest.igvm.IgvmHeader.ParameterArea;
import org.ringfence.stack.guest.igvm.IgvmHeader.ParameterInsert;
import org.ringfence.stack.guest.igvm.IgvmHeader.RequiredMemory;
import org.ringfence.stack.guest.igvm.IgvmHeader.VpContext;

/** How a guest is launched on one platform from an IGVM file. */
public record LaunchPlan(PlatformType platform, List<LaunchStep> steps) {
    /** Bytes of all parameter areas together; those of life have some pages. */
    private static final long MOST_PARAMETERS = 64L << 20;

    /** A file cannot be launched so. */
    public static final class CannotLaunch extends Exception {
        private static final long serialVersionUID = 1;

        CannotLaunch(String sentence) {
            super(sentence);
        }
    }

    public LaunchPlan {
        steps = List.copyOf(steps);
    }

    /**
     * The plan of {@code file}, which {@link IgvmReader} has read, on {@code platform}, with parameters filled in. Of
     * these, what this host does not know (ACPI tables, a command line, a device tree, MMIO ranges) stays as the file
     * has it.
     */
    public static LaunchPlan of(IgvmFile file, PlatformType platform, LaunchParameters parameters) throws CannotLaunch {
        int mask = file.platform(platform)
                .orElseThrow(() -> new CannotLaunch("the file is not for the platform " + platform))
                .compatibilityMask();
        List<LaunchStep> steps = new ArrayList<>();
        Map<Integer, ByteBuffer> areas = new HashMap<>();
        for (VariableHeader header : file.headers()) {
            if (header.header() instanceof Directive directive && (directive.compatibilityMask() & mask) != 0) {
                step(directive, parameters, areas, steps);
            }
        }
        return new LaunchPlan(platform, steps);
    }

    private static void step(
            Directive directive, LaunchParameters given, Map<Integer, ByteBuffer> areas, List<LaunchStep> steps)
            throws CannotLaunch {
        switch (directive) {
            case ParameterArea(long bytes, int index, Contents initial) -> {
                long others = areas.values().stream().mapToLong(ByteBuffer::limit).sum();
                if (others + bytes > MOST_PARAMETERS) {
                    throw new CannotLaunch(
                            "parameter area %d of 0x%X bytes is too large; this host fills 0x%X altogether"
                                    .formatted(index, bytes, MOST_PARAMETERS));
                }
                areas.put(index, ByteBuffer.wrap(initial.paddedTo((int) bytes)).order(ByteOrder.LITTLE_ENDIAN));
            }
            case Parameter parameter -> fill(area(areas, parameter.index()), parameter, given);
            case ParameterInsert(long gpa, int _, int index) ->
                steps.add(new LaunchStep.LoadParameters(gpa, Contents.of(area(areas, index).array())));
            case PageData page -> steps.add(new LaunchStep.LoadPage(
                    page.gpa(), page.size(), page.dataType(), !page.unmeasured() && !page.shared(), page.shared(),
                    page.contents()));
            case RequiredMemory memory -> {
                long first = memory.gpa() >>> 12;
                long pages = memory.numberOfBytes() >>> 12;
                boolean makes = given.memoryMap().isFree(first, pages);
                if (!makes && !given.memoryMap().hasMemory(first, pages)) {
                    throw new CannotLaunch(
                            "the file requires 0x%X bytes of memory at GPA 0x%X, of which the guest has a part, or something else there"
                                    .formatted(memory.numberOfBytes(), memory.gpa()));
                }
                steps.add(new LaunchStep.RequireMemory(memory.gpa(), memory.numberOfBytes(), makes));
            }
            case VpContext context ->
                steps.add(new LaunchStep.StartVp(context.vpIndex(), context.gpa(), context.context()));
            case ErrorRange range -> steps.add(new LaunchStep.ShareRange(range.gpa(), range.sizeBytes()));
        }
    }

    private static ByteBuffer area(Map<Integer, ByteBuffer> areas, int index) throws CannotLaunch {
        ByteBuffer area = areas.get(index);
        if (area == null) {
            throw new CannotLaunch("parameter area %d is used before it is made".formatted(index));
        }
        return area;
    }

    private static void fill(ByteBuffer area, Parameter parameter, LaunchParameters given) throws CannotLaunch {
        int at = (int) parameter.byteOffset();
        switch (parameter.type()) {
            case VP_COUNT_PARAMETER -> area.putInt(at, given.vpCount());
            case ENVIRONMENT_INFO_PARAMETER -> area.putInt(at, given.memoryIsShared() ? 1 : 0);
            case MEMORY_MAP -> {
                if (!given.memoryMap().fits(area.limit() - at)) {
                    throw new CannotLaunch(
                            "a memory map of %d ranges does not fit the %d bytes left in parameter area %d"
                                    .formatted(given.memoryMap().entries().size(), area.limit() - at,
                                            parameter.index()));
                }
                given.memoryMap().write(area.position(at));
            }
            default -> {
                // stays as the file has it
            }
        }
    }
}
