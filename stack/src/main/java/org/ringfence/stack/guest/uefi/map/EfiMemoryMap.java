package org.ringfence.stack.guest.uefi.map;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.host.inventory.BadInventory;

/**
 * The map that GetMemoryMap returns. Firmware may return descriptors in any order, and edk2 lists reserved and MMIO
 * ranges behind all memory, as they come from another list; here they ascend.
 *
 * @param descriptors ascending, without overlap
 */
public record EfiMemoryMap(List<EfiDescriptor> descriptors) {
    /** The first address behind those that a processor has: 52 bits. */
    static final long MOST = 1L << 52;

    public EfiMemoryMap {
        descriptors = descriptors.stream()
                .sorted(Comparator.comparingLong(EfiDescriptor::start))
                .toList();
    }

    /** Reads what an edk2 shell's {@code memmap} printed, or the {@code efi: mem} lines of a kernel log. */
    public static EfiMemoryMap readText(byte[] bytes) throws BadInventory {
        return new MapTextReader(bytes).read();
    }

    /**
     * Reads the descriptors that GetMemoryMap returned.
     *
     * @param descriptorSize bytes from one to the next: 48 on edk2, 40 at least
     */
    public static EfiMemoryMap readDescriptors(byte[] bytes, int descriptorSize) throws DescriptorRefused {
        return DescriptorReader.read(bytes, descriptorSize);
    }

    /** The first descriptor that begins within the one before it. */
    Optional<EfiDescriptor> overlapping() {
        for (int i = 1; i < descriptors.size(); i++) {
            if (descriptors.get(i).start() < descriptors.get(i - 1).end()) {
                return Optional.of(descriptors.get(i));
            }
        }
        return Optional.empty();
    }

    /** The descriptor before this one. */
    EfiDescriptor before(EfiDescriptor descriptor) {
        return descriptors.get(descriptors.indexOf(descriptor) - 1);
    }

    /** What is wrong with a range by itself; empty for nothing. */
    static Optional<String> wrong(long start, long pages) {
        if ((start & Geometry.SMALL - 1) != 0) {
            return Optional.of("the range begins at 0x%x; allowed is the address of a 4K page".formatted(start));
        }
        if (pages == 0) {
            return Optional.of("the range at 0x%x has no page; allowed is at least one page".formatted(start));
        }
        boolean fits = start >= 0 && start < MOST && pages > 0 && pages <= (MOST - start) / Geometry.SMALL;
        return fits
                ? Optional.empty()
                : Optional.of("the range at 0x%x of 0x%x pages leaves the address space; ".formatted(start, pages)
                        + "allowed are physical addresses of at most 52 bits");
    }

    /** Bytes of a type. */
    public long bytes(EfiMemoryType type) {
        return descriptors.stream()
                .filter(descriptor -> descriptor.type() == type.ordinal())
                .mapToLong(descriptor -> descriptor.pages() * Geometry.SMALL)
                .sum();
    }

    /** Writes the descriptors as GetMemoryMap does, with virtual address 0. */
    public byte[] write(int descriptorSize) {
        return DescriptorReader.write(this, descriptorSize);
    }

    /** What {@code memmap} would print of them, without its summary. */
    public byte[] writeShell() {
        StringBuilder text = new StringBuilder(
                "Type       Start            End              # Pages          Attributes\n");
        for (EfiDescriptor one : descriptors) {
            String name = EfiMemoryType.of(one.type())
                    .map(EfiMemoryType::shell)
                    .orElseGet(() -> "%08X".formatted(one.type()));
            text.append("%-10s %016X-%016X %016X %016X%n".formatted(
                    name, one.start(), one.end() - 1, one.pages(), one.attribute()));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
