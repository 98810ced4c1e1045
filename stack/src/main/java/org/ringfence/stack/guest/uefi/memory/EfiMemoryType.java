package org.ringfence.stack.guest.uefi.memory;

import java.util.Arrays;
import java.util.Optional;

/**
 * The types of memory of a UEFI memory map; their ordinals are their numbers. Sources: UEFI 2.10, 7.2; edk2,
 * MdePkg/Include/Uefi/UefiMultiPhase.h; for the names that Linux prints, drivers/firmware/efi/efi.c
 * (memory_type_name); for those of the shell's {@code memmap},
 * ShellPkg/Library/UefiShellDebug1CommandsLib/MemMap.c.
 */
public enum EfiMemoryType {
    RESERVED("Reserved", "Reserved", "Reserved"),
    LOADER_CODE("Loader Code", "LoaderCode", "LoaderCode"),
    LOADER_DATA("Loader Data", "LoaderData", "LoaderData"),
    BOOT_SERVICES_CODE("Boot Code", "BootServiceCode", "BS_Code"),
    BOOT_SERVICES_DATA("Boot Data", "BootServiceData", "BS_Data"),
    RUNTIME_SERVICES_CODE("Runtime Code", "RuntimeCode", "RT_Code"),
    RUNTIME_SERVICES_DATA("Runtime Data", "RuntimeData", "RT_Data"),
    CONVENTIONAL("Conventional Memory", "Available", "Available"),
    UNUSABLE("Unusable Memory", "UnusableMemory", "Unusable"),
    ACPI_RECLAIM("ACPI Reclaim Memory", "ACPIReclaimMemory", "ACPI_Recl"),
    ACPI_NVS("ACPI Memory NVS", "ACPIMemoryNVS", "ACPI_NVS"),
    MEMORY_MAPPED_IO("Memory Mapped I/O", "MemoryMappedIO", "MMIO"),
    MMIO_PORT_SPACE("MMIO Port", "MemoryMappedIOPortSpace", "MMIO_Port"),
    PAL_CODE("PAL Code", "PalCode", "PalCode"),
    PERSISTENT("Persistent", "Persistent", "Persistent"),
    UNACCEPTED("Unaccepted", "Unaccepted", "Unaccepted");

    private static final EfiMemoryType[] ALL = values();
    private static final long FIRST_OF_OEM = 0x7000_0000L;

    private final String linux;
    private final String full;
    private final String brief;

    EfiMemoryType(String linux, String full, String brief) {
        this.linux = linux;
        this.full = full;
        this.brief = brief;
    }

    /** The type with this number. */
    public static Optional<EfiMemoryType> of(long number) {
        return number >= 0 && number < ALL.length ? Optional.of(ALL[(int) number]) : Optional.empty();
    }

    /** The type that Linux prints so. */
    public static Optional<EfiMemoryType> ofLinux(String name) {
        return Arrays.stream(ALL).filter(type -> type.linux.equals(name)).findFirst();
    }

    /** The type that the shell prints so, in full or in brief. */
    public static Optional<EfiMemoryType> ofShell(String name) {
        return Arrays.stream(ALL).filter(type -> type.full.equals(name) || type.brief.equals(name)).findFirst();
    }

    /** As Linux prints it. */
    public String linux() {
        return linux;
    }

    /** Whether AllocatePages and AllocatePool refuse a type of this number. */
    static boolean isRefused(long number) {
        return number >= ALL.length && number < FIRST_OF_OEM
                || number == CONVENTIONAL.ordinal()
                || number == PERSISTENT.ordinal()
                || number == UNACCEPTED.ordinal();
    }

    /** Whether it belongs to the runtime services. */
    public boolean isRuntime() {
        return this == RUNTIME_SERVICES_CODE || this == RUNTIME_SERVICES_DATA;
    }

    /** Whether an operating system may use it for what it likes once boot services are over. */
    public boolean isFreeAfterBoot() {
        return switch (this) {
            case LOADER_CODE, LOADER_DATA, BOOT_SERVICES_CODE, BOOT_SERVICES_DATA, CONVENTIONAL -> true;
            case RESERVED, RUNTIME_SERVICES_CODE, RUNTIME_SERVICES_DATA, UNUSABLE, ACPI_RECLAIM, ACPI_NVS,
                    MEMORY_MAPPED_IO, MMIO_PORT_SPACE, PAL_CODE, PERSISTENT, UNACCEPTED ->
                false;
        };
    }
}
