package org.ringfence.stack.guest.uefi.boot;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.uefi.dma.Protection;
import org.ringfence.stack.guest.uefi.memory.AcceptMemory;
import org.ringfence.stack.guest.uefi.memory.AcceptNothing;
import org.ringfence.stack.guest.uefi.memory.AcceptOnSnp;
import org.ringfence.stack.guest.uefi.memory.AcceptOnTdx;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory.Range;
import org.ringfence.stack.guest.uefi.memory.MemoryOperation.AddMemory;
import org.ringfence.stack.guest.uefi.memory.MemoryServices;

/**
 * Firmware accepts the memory that it has from the beginning, and tells the DXE core of all there is. Source: edk2,
 * OvmfPkg/PlatformPei/AmdSev.c, OvmfPkg/IntelTdx/TdxHelperLib/SecTdxHelper.c.
 *
 * @param ranges the memory map
 */
public record FindMemory(Protection on, MemoryServices memory, List<Range> ranges) implements Routine<Done> {
    private static final int SMALL_PER_LARGE = 512;

    public FindMemory {
        ranges = List.copyOf(ranges);
    }

    @Override
    public Done run(Cpu cpu) {
        AcceptMemory by = acceptance(on);
        for (Range range : ranges) {
            if (isAccepted(range.type())) {
                by.accept(cpu, range.page() * Geometry.SMALL, range.pages() * Geometry.SMALL);
            }
            memory.add(cpu, new AddMemory(range.page(), range.pages(), range.type()));
        }
        return Done.DONE;
    }

    /** How the firmware of a protection accepts memory. */
    public static AcceptMemory acceptance(Protection on) {
        return switch (on) {
            case NATIVE, SEV -> AcceptNothing.NOTHING;
            case SNP -> AcceptOnSnp.SNP;
            case TDX -> new AcceptOnTdx(SMALL_PER_LARGE);
        };
    }

    /** Whether it is memory that somebody has accepted when the DXE core has it. */
    public static boolean isAccepted(EfiMemoryType type) {
        return switch (type) {
            case LOADER_CODE, LOADER_DATA, BOOT_SERVICES_CODE, BOOT_SERVICES_DATA, RUNTIME_SERVICES_CODE,
                    RUNTIME_SERVICES_DATA, CONVENTIONAL, ACPI_RECLAIM, ACPI_NVS, PAL_CODE ->
                true;
            case RESERVED, UNUSABLE, MEMORY_MAPPED_IO, MMIO_PORT_SPACE, PERSISTENT, UNACCEPTED -> false;
        };
    }
}
