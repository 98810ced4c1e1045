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
    RESERVED("Reserved", "Reserved", "Reserved", "Reserved"),
    LOADER_CODE("Loader Code", "Loader Code", "LoaderCode", "LoaderCode"),
    LOADER_DATA("Loader Data", "Loader Data", "LoaderData", "LoaderData"),
    BOOT_SERVICES_CODE("Boot Code", "Boot Code", "BootServiceCode", "BS_Code"),
    BOOT_SERVICES_DATA("Boot Data", "Boot Data", "BootServiceData", "BS_Data"),
    RUNTIME_SERVICES_CODE("Runtime Code", "Runtime Code", "RuntimeCode", "RT_Code"),
    RUNTIME_SERVICES_DATA("Runtime Data", "Runtime Data", "RuntimeData", "RT_Data"),
    CONVENTIONAL("Conventional", "Conventional Memory", "Available", "Available"),
    UNUSABLE("Unusable", "Unusable Memory", "UnusableMemory", "Unusable"),
    ACPI_RECLAIM("ACPI Reclaim", "ACPI Reclaim Memory", "ACPIReclaimMemory", "ACPI_Recl"),
    ACPI_NVS("ACPI Mem NVS", "ACPI Memory NVS", "ACPIMemoryNVS", "ACPI_NVS"),
    MEMORY_MAPPED_IO("MMIO", "Memory Mapped I/O", "MemoryMappedIO", "MMIO"),
    MMIO_PORT_SPACE("MMIO Port", "MMIO Port Space", "MemoryMappedIOPortSpace", "MMIO_Port"),
    PAL_CODE("PAL Code", "PAL Code", "PalCode", "PalCode"),
    PERSISTENT("Persistent", "Persistent Memory", "Persistent", "Persistent"),
    UNACCEPTED("Unaccepted", "Unaccepted", "Unaccepted", "Unaccepted");

    private static final int NUMBERS = 16;
    private static final long FIRST_OF_OEM = 0x7000_0000L;
    private static final long LAST_OF_OS = 0xFFFF_FFFFL;

    private final String linux;
    private final String olderLinux;
    private final String full;
    private final String brief;

    EfiMemoryType(String linux, String olderLinux, String full, String brief) {
        this.linux = linux;
        this.olderLinux = olderLinux;
        this.full = full;
        this.brief = brief;
    }

    /** The type with this number. */
    public static Optional<EfiMemoryType> of(long number) {
        return number >= 0 && number < NUMBERS ? Optional.of(values()[(int) number]) : Optional.empty();
    }

    /** The type that Linux prints so: in 12 characters since 5.11, in up to 19 before. */
    public static Optional<EfiMemoryType> ofLinux(String name) {
        return Arrays.stream(values())
                .filter(type -> type.linux.equals(name) || type.olderLinux.equals(name))
                .findFirst();
    }

    /** The type that the shell prints so, in full or in brief. */
    public static Optional<EfiMemoryType> ofShell(String name) {
        return Arrays.stream(values()).filter(type -> type.full.equals(name) || type.brief.equals(name)).findFirst();
    }

    /** As Linux prints it. */
    public String linux() {
        return linux;
    }

    /** Whether a map may have a type of this number: those of the specification, of OEMs and of operating systems. */
    public static boolean isKnown(long number) {
        return number >= 0 && number < NUMBERS || number >= FIRST_OF_OEM && number <= LAST_OF_OS;
    }

    /** What a type of this number is called: by its name, or by its number where it is an OEM's or a system's. */
    public static String printed(long number) {
        return of(number).map(EfiMemoryType::linux).orElseGet(() -> "type 0x%08X".formatted(number));
    }

    /** As the shell prints it, in brief. */
    public String shell() {
        return brief;
    }

    /** Whether AllocatePages and AllocatePool refuse a type of this number. */
    static boolean isRefused(long number) {
        return number >= NUMBERS && number < FIRST_OF_OEM
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
