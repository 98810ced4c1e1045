package org.ringfence.platform.life;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.stack.guest.linux.MemoryDescriptor;
import org.ringfence.stack.guest.linux.PhysicalRange;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;

/**
 * Where things lie in a guest's memory, which begins at 0 and has no hole. The image that the guest starts with is the
 * last 2M below 4 GiB; before it lies what the kernel shares with devices: a sixteenth of memory, 1 GiB at most, as
 * Linux' swiotlb takes about 6 %.
 *
 * @param low bytes from 0 on that the firmware accepts
 * @param pool where the shared memory begins
 * @param image where the image begins
 */
public record GuestMap(long memory, long low, long pool, long image) {
    /** Bytes of a page. */
    public static final long PAGE = Geometry.SMALL;

    static final long UNIT = Geometry.LARGE;

    private static final long BELOW = 4L << 30;
    private static final long MOST_POOL = 1L << 30;

    /** Firmware accepts 512 MiB at first, says Linux' documentation of TDX; in a small guest an eighth. */
    private static final long USUAL_LOW = 512L << 20;

    /** Of a guest with these options. */
    public static GuestMap of(LifeOptions options) {
        long memory = options.memory();
        long below = Math.min(memory, BELOW);
        long image = below - UNIT;
        long pool = image - Math.max(UNIT, Math.min(MOST_POOL, memory / 16) / UNIT * UNIT);
        long low = options.acceptance() == Acceptance.BELOW_4G
                ? image
                : Math.min(USUAL_LOW, memory / 8 / UNIT * UNIT);
        return new GuestMap(memory, low, pool, image);
    }

    int page(long gpa) {
        return (int) (gpa / PAGE);
    }

    int imagePages() {
        return (int) (UNIT / PAGE);
    }

    /** Bytes that the kernel shares with devices. */
    public long poolBytes() {
        return image - pool;
    }

    /** Bytes that neither the firmware accepts nor the launch measures. */
    public long rest() {
        return memory - low - UNIT;
    }

    /** How many pages a workload can touch: all but the pool and the image. */
    long touchable() {
        return (memory - poolBytes() - UNIT) / PAGE;
    }

    /** The n-th of them. */
    int touched(long n) {
        long hole = pool / PAGE;
        return (int) (n < hole ? n : n + (poolBytes() + UNIT) / PAGE);
    }

    /** The memory map that the firmware hands on. */
    List<MemoryDescriptor> descriptors() {
        List<MemoryDescriptor> map = new ArrayList<>();
        map.add(entry(EfiMemoryType.CONVENTIONAL, 0, low));
        if (low < image) {
            map.add(entry(EfiMemoryType.UNACCEPTED, low, image));
        }
        map.add(entry(EfiMemoryType.RUNTIME_SERVICES_CODE, image, image + UNIT));
        if (image + UNIT < memory) {
            map.add(entry(EfiMemoryType.UNACCEPTED, image + UNIT, memory));
        }
        return map;
    }

    private static MemoryDescriptor entry(EfiMemoryType type, long start, long end) {
        return new MemoryDescriptor(type, new PhysicalRange(start, end));
    }
}
