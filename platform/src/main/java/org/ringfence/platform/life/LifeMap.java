package org.ringfence.platform.life;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.stack.guest.linux.MemoryDescriptor;
import org.ringfence.stack.guest.linux.PhysicalRange;
import org.ringfence.stack.guest.uefi.boot.FindMemory;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;

/**
 * Where things lie in a guest's memory. Without a map of its own memory begins at 0 and has no hole. The image that the
 * guest starts with is the last 2M below 4 GiB; before it, or with a map where there is room below 4 GiB, lies what the
 * kernel shares with devices: a sixteenth of memory, 1 GiB at most, as Linux' swiotlb takes about 6 %.
 *
 * @param memory bytes of the address space
 * @param low bytes from 0 on that the firmware accepts, where there is no map
 * @param pool where the shared memory begins
 * @param poolBytes how much that is
 * @param image where the image begins
 * @param descriptors the memory map that the firmware hands on
 * @param touchable what a workload can touch, ascending: all that a kernel may use but the pool
 */
public record LifeMap(
        long memory, long low, long pool, long poolBytes, long image, List<MemoryDescriptor> descriptors,
        List<PhysicalRange> touchable) {
    /** Bytes of a page. */
    public static final long PAGE = Geometry.SMALL;

    static final long UNIT = Geometry.LARGE;

    private static final long BELOW = 4L << 30;
    private static final long MOST_POOL = 1L << 30;

    /** Firmware accepts 512 MiB at first, says Linux' documentation of TDX; in a small guest an eighth. */
    private static final long USUAL_LOW = 512L << 20;

    public LifeMap {
        descriptors = List.copyOf(descriptors);
        touchable = List.copyOf(touchable);
    }

    /**
     * Of a guest with these options.
     *
     * @throws IllegalArgumentException with a sentence, where its map has no room for what it shares
     */
    public static LifeMap of(LifeOptions options) {
        return options.map().isEmpty() ? usual(options) : given(options.memory(), options.map());
    }

    private static LifeMap usual(LifeOptions options) {
        long memory = options.memory();
        long image = Math.min(memory, BELOW) - UNIT;
        long poolBytes = poolBytes(memory);
        long low = options.acceptance() == Acceptance.BELOW_4G
                ? image
                : Math.min(USUAL_LOW, memory / 8 / UNIT * UNIT);
        List<MemoryDescriptor> map = new ArrayList<>();
        map.add(entry(EfiMemoryType.CONVENTIONAL, 0, low));
        if (low < image) {
            map.add(entry(EfiMemoryType.UNACCEPTED, low, image));
        }
        map.add(entry(EfiMemoryType.RUNTIME_SERVICES_CODE, image, image + UNIT));
        if (image + UNIT < memory) {
            map.add(entry(EfiMemoryType.UNACCEPTED, image + UNIT, memory));
        }
        long pool = image - poolBytes;
        return new LifeMap(memory, low, pool, poolBytes, image, map, touchable(map, pool, poolBytes));
    }

    private static LifeMap given(long memory, List<MemoryDescriptor> map) {
        long wanted = poolBytes(map.stream()
                .filter(entry -> isUsable(entry.type())).mapToLong(entry -> entry.range().size()).sum());
        PhysicalRange room = map.stream()
                .filter(entry -> isUsable(entry.type()))
                .map(entry -> wholeUnits(entry.range()))
                .reduce(new PhysicalRange(0, 0), (one, other) -> {
                    long most = Math.min(wanted, other.size());
                    return most >= Math.min(wanted, one.size()) ? other : one;
                });
        if (room.size() == 0) {
            throw new IllegalArgumentException(
                    "the memory map has no whole 2 MiB below 4 GiB that a kernel may share with devices");
        }
        long poolBytes = Math.min(wanted, room.size());
        long pool = room.end() - poolBytes;
        return new LifeMap(
                memory, 0, pool, poolBytes, Math.min(memory, BELOW) - UNIT, map, touchable(map, pool, poolBytes));
    }

    private static long poolBytes(long memory) {
        return Math.max(UNIT, Math.min(MOST_POOL, memory / 16) / UNIT * UNIT);
    }

    /** The whole units of a range that lie below 4 GiB. */
    private static PhysicalRange wholeUnits(PhysicalRange range) {
        long start = Math.ceilDiv(range.start(), UNIT) * UNIT;
        long end = Math.min(range.end(), BELOW) / UNIT * UNIT;
        return start < end ? new PhysicalRange(start, end) : new PhysicalRange(0, 0);
    }

    private static List<PhysicalRange> touchable(List<MemoryDescriptor> map, long pool, long poolBytes) {
        List<PhysicalRange> touchable = new ArrayList<>();
        for (MemoryDescriptor entry : map) {
            if (isUsable(entry.type())) {
                add(touchable, entry.range().start(), Math.min(entry.range().end(), pool));
                add(touchable, Math.max(entry.range().start(), pool + poolBytes), entry.range().end());
            }
        }
        return touchable;
    }

    private static void add(List<PhysicalRange> ranges, long start, long end) {
        if (start < end) {
            ranges.add(new PhysicalRange(start, end));
        }
    }

    /** Whether a kernel may use it for anything: E820_TYPE_RAM in the EFI stub's setup_e820. */
    private static boolean isUsable(EfiMemoryType type) {
        return switch (type) {
            case LOADER_CODE, LOADER_DATA, BOOT_SERVICES_CODE, BOOT_SERVICES_DATA, CONVENTIONAL, UNACCEPTED -> true;
            case RESERVED, RUNTIME_SERVICES_CODE, RUNTIME_SERVICES_DATA, UNUSABLE, ACPI_RECLAIM, ACPI_NVS,
                    MEMORY_MAPPED_IO, MMIO_PORT_SPACE, PAL_CODE, PERSISTENT ->
                false;
        };
    }

    int page(long gpa) {
        return (int) (gpa / PAGE);
    }

    int imagePages() {
        return (int) (UNIT / PAGE);
    }

    /** Bytes that neither the firmware accepts nor the launch measures, where there is no map. */
    public long rest() {
        return memory - low - UNIT;
    }

    /** What the firmware accepts: all memory that it hands on as accepted, but the image. */
    List<PhysicalRange> accepted() {
        return descriptors.stream()
                .filter(entry -> FindMemory.isAccepted(entry.type()) && entry.range().start() != image)
                .map(MemoryDescriptor::range)
                .toList();
    }

    /** How many pages a workload can touch. */
    long touchablePages() {
        return touchable.stream().mapToLong(PhysicalRange::size).sum() / PAGE;
    }

    /** The n-th of them. */
    int touched(long n) {
        long rest = n * PAGE;
        for (PhysicalRange range : touchable) {
            if (rest < range.size()) {
                return page(range.start() + rest);
            }
            rest -= range.size();
        }
        throw new IllegalArgumentException("a workload can touch " + touchablePages() + " pages; there is no " + n);
    }

    private static MemoryDescriptor entry(EfiMemoryType type, long start, long end) {
        return new MemoryDescriptor(type, new PhysicalRange(start, end));
    }
}
