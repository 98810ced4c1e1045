package org.ringfence.platform.life;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.stack.guest.linux.MemoryDescriptor;
import org.ringfence.stack.guest.linux.PhysicalRange;
import org.ringfence.stack.guest.uefi.boot.FindMemory;
import org.ringfence.stack.guest.uefi.map.EfiDescriptor;
import org.ringfence.stack.guest.uefi.map.EfiMemoryMap;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory.Range;

/**
 * The memory of a guest, as its firmware finds it. The measured image of the firmware lies beside it, in the last 2 MiB
 * below 4 GiB or behind a smaller memory, as in a PC's flash.
 *
 * @param ranges ascending
 * @param bytes of the guest's address space, a multiple of 2 MiB
 * @param leftOut ranges of the map that lie above all memory: MMIO
 */
public record BootMap(List<Range> ranges, long bytes, int leftOut) {
    /** The most memory, in bytes, and the highest address of memory. */
    public static final long MOST = 64L << 30;

    /** The least memory, in bytes. */
    public static final long LEAST = 64L << 20;

    static final long IMAGE = 2L << 20;

    private static final long FOUR_GIB = 4L << 30;

    /** Memory of QEMU's q35 that is below 4 GiB where not all of it is. */
    private static final long LOW = 2L << 30;
    private static final long MOST_LOW = 0xB000_0000L;
    private static final long VIDEO = 0xA_0000L;
    private static final long MIB = 1L << 20;

    public BootMap {
        ranges = List.copyOf(ranges);
    }

    /**
     * The map of a file.
     *
     * @throws IllegalArgumentException with a sentence, where no such guest can be played
     */
    public static BootMap of(EfiMemoryMap map) {
        long top = 0;
        for (EfiDescriptor one : map.descriptors()) {
            top = isMemory(typeOf(one)) ? Math.max(top, one.end()) : top;
        }
        if (top < LEAST || top > MOST) {
            throw new IllegalArgumentException(
                    "the memory map has memory up to 0x%x; allowed is an end of memory from 64 MiB to 64 GiB"
                            .formatted(top));
        }
        List<Range> ranges = new ArrayList<>();
        int leftOut = 0;
        for (EfiDescriptor one : map.descriptors()) {
            if (one.start() >= top) {
                leftOut++;
                continue;
            }
            if (isMemory(typeOf(one)) && one.start() < FOUR_GIB && one.end() > FOUR_GIB - IMAGE) {
                throw new IllegalArgumentException(
                        "the memory map has memory in the last 2 MiB below 4 GiB, at %s; ".formatted(one)
                                + "allowed is none there, as the firmware's image is");
            }
            ranges.add(new Range((int) (one.start() / Geometry.SMALL), (int) one.pages(), typeOf(one)));
        }
        return new BootMap(ranges, space(top), leftOut);
    }

    private static EfiMemoryType typeOf(EfiDescriptor descriptor) {
        // Memory of an OEM or an operating system is nobody else's.
        return EfiMemoryType.of(descriptor.type()).orElse(EfiMemoryType.RESERVED);
    }

    private static boolean isMemory(EfiMemoryType type) {
        return FindMemory.isAccepted(type) || type == EfiMemoryType.UNACCEPTED;
    }

    private static long space(long top) {
        long whole = Math.ceilDiv(top, IMAGE) * IMAGE;
        return whole <= FOUR_GIB - IMAGE ? whole + IMAGE : Math.max(whole, FOUR_GIB);
    }

    /**
     * A guest on QEMU's q35 with so much memory. What lies above 4 GiB is not accepted, where guests accept memory.
     *
     * @throws IllegalArgumentException with a sentence, where no such guest can be played
     */
    public static BootMap ofSize(long memory, boolean accepts) {
        if (memory < LEAST || memory > MOST - LOW || memory % MIB != 0) {
            throw new IllegalArgumentException(
                    "--memory is %d bytes; allowed is a whole number of MiB from 64 MiB to 62 GiB".formatted(memory));
        }
        long low = memory < MOST_LOW ? memory : LOW;
        List<Range> ranges = new ArrayList<>();
        ranges.add(range(0, Geometry.SMALL, EfiMemoryType.BOOT_SERVICES_CODE));
        ranges.add(range(Geometry.SMALL, VIDEO, EfiMemoryType.CONVENTIONAL));
        ranges.add(range(MIB, low - 3 * MIB, EfiMemoryType.CONVENTIONAL));
        ranges.add(range(low - 3 * MIB, low - 2 * MIB, EfiMemoryType.BOOT_SERVICES_DATA));
        ranges.add(range(low - 2 * MIB, low - MIB, EfiMemoryType.RUNTIME_SERVICES_DATA));
        ranges.add(range(low - MIB, low, EfiMemoryType.ACPI_NVS));
        long top = low;
        if (low < memory) {
            top = FOUR_GIB + memory - low;
            EfiMemoryType above = accepts ? EfiMemoryType.UNACCEPTED : EfiMemoryType.CONVENTIONAL;
            ranges.add(range(FOUR_GIB, top, above));
        }
        return new BootMap(ranges, space(top), 0);
    }

    private static Range range(long start, long end, EfiMemoryType type) {
        return new Range((int) (start / Geometry.SMALL), (int) ((end - start) / Geometry.SMALL), type);
    }

    /** The ranges as firmware hands them to a kernel. */
    public List<MemoryDescriptor> descriptors() {
        return ranges.stream()
                .map(range -> new MemoryDescriptor(range.type(), new PhysicalRange(
                        range.page() * Geometry.SMALL, (range.page() + range.pages()) * Geometry.SMALL)))
                .toList();
    }

    /** The first page of the image. */
    int image() {
        return (int) ((Math.min(bytes, FOUR_GIB) - IMAGE) / Geometry.SMALL);
    }
}
