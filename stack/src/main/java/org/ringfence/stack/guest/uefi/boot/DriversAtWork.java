package org.ringfence.stack.guest.uefi.boot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.dma.DmaOperation;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol;
import org.ringfence.stack.guest.uefi.dma.IoMmuProtocol.Mapped;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AllocatePages;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.Allocated;

/**
 * What drivers do through the IOMMU protocol until a boot loader has its files. Each of {@link #DRIVERS} has a ring, a
 * common buffer that stays mapped; all other operations are transfers, of which up to {@link #DEPTH} are mapped at a
 * time, and the last {@link #LEFT_LIVE} are when boot services end.
 *
 * <p>In the boot that OVMF's pool was made for, some 5,080 of 5,100 operations were below 32 KiB, and never were more
 * than two above 1 MiB at once. So one of 255 transfers is large here, half of these above 1 MiB, and two of them are
 * far apart. How sizes are spread below 32 KiB nobody tells; here they are equally likely, in sectors of 512 bytes.
 * Half of the transfers read, half write; half of the devices reach all of memory. Source: edk2,
 * OvmfPkg/IoMmuDxe/IoMmuBuffer.c, and the message of commit c4e76d2fba.
 *
 * @param operations how often Map is called
 * @param seed of the sizes and directions
 */
public record DriversAtWork(IoMmuProtocol protocol, int operations, long seed) implements Routine<Done> {
    /** Drivers with a ring. */
    public static final int DRIVERS = 4;

    /** Mappings of transfers that are live at once. */
    public static final int DEPTH = 4;

    /** Mappings of transfers that nobody has unmapped when boot services end. */
    public static final int LEFT_LIVE = 2;

    /** Mappings that are live at once. */
    public static final int MOST_LIVE = DRIVERS + DEPTH;

    private static final int SECTOR = 512;
    private static final int SMALL_SECTORS = 63;
    private static final int ONE_LARGE_OF = 255;
    private static final int MEBIBYTE = 1 << 20;
    private static final int BUFFER_PAGES = 512;

    @Override
    public Done run(Cpu cpu) {
        int rings = Math.min(DRIVERS, operations);
        for (int driver = 0; driver < rings; driver++) {
            int type = EfiMemoryType.BOOT_SERVICES_DATA.ordinal();
            long ring = require(protocol.allocateBuffer(cpu, type, 1, 0, true).host());
            // A ring from the pool is shared before it is mapped.
            fill(cpu, ring, protocol.layout().slots() > 0 ? Mapping.SHARED : Mapping.PRIVATE, Value.ZERO);
            map(cpu, DmaOperation.COMMON_BUFFER, ring, (int) Geometry.SMALL);
        }
        List<Long> buffers = new ArrayList<>();
        for (int i = 0; i < Math.min(DEPTH, operations - rings); i++) {
            buffers.add(buffer(cpu));
        }
        Deque<Integer> live = new ArrayDeque<>();
        for (int i = 0; i < operations - rings; i++) {
            if (live.size() == DEPTH) {
                protocol.unmap(cpu, live.removeFirst());
            }
            long random = mixed(i);
            live.addLast(map(cpu, kind(random), buffers.get(i % DEPTH), bytes(i, random >>> 2)));
        }
        while (live.size() > LEFT_LIVE) {
            protocol.unmap(cpu, live.removeFirst());
        }
        return Done.DONE;
    }

    /** A buffer for transfers, with something in it. */
    private long buffer(Cpu cpu) {
        Allocated allocated =
                protocol.memory().allocate(cpu, AllocatePages.any(EfiMemoryType.BOOT_SERVICES_DATA, BUFFER_PAGES));
        long start = require(allocated.address());
        for (int page = 0; page < BUFFER_PAGES; page++) {
            fill(cpu, start + page * Geometry.SMALL, Mapping.PRIVATE, Value.DATA);
        }
        return start;
    }

    private static void fill(Cpu cpu, long gpa, Mapping mapping, Value value) {
        if (cpu.ask(new Store(gpa, mapping, value)) != Stored.STORED) {
            throw new Panic("the firmware stops at a fault in a store to GPA 0x%X".formatted(gpa));
        }
    }

    private static long require(long address) {
        if (address == 0) {
            throw new Panic("the memory map has too little free memory below 4 GiB for the drivers' buffers");
        }
        return address;
    }

    private int map(Cpu cpu, DmaOperation operation, long host, int bytes) {
        Mapped mapped = protocol.map(cpu, operation.ordinal(), host, bytes, true);
        if (mapped.status().isError()) {
            throw new Panic("Map of %d bytes: %s".formatted(bytes, mapped.status().worded()));
        }
        return mapped.mapping();
    }

    private static DmaOperation kind(long random) {
        return switch ((int) (random & 3)) {
            case 0 -> DmaOperation.READ;
            case 1 -> DmaOperation.WRITE;
            case 2 -> DmaOperation.READ64;
            default -> DmaOperation.WRITE64;
        };
    }

    private static int bytes(int number, long random) {
        if (number % ONE_LARGE_OF != ONE_LARGE_OF - 1) {
            return SECTOR * (1 + (int) (random % SMALL_SECTORS));
        }
        boolean huge = number / ONE_LARGE_OF % 2 == 1;
        int least = huge ? MEBIBYTE + SECTOR : SECTOR * (SMALL_SECTORS + 1);
        int most = huge ? 2 * MEBIBYTE : MEBIBYTE;
        return least + SECTOR * (int) (random % ((most - least) / SECTOR + 1));
    }

    /** A number that looks like any other: SplitMix64. */
    private long mixed(int number) {
        long z = seed + (number + 1) * 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }
}
