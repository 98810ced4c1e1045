package org.ringfence.stack.host.inventory;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;

/**
 * A range of a UEFI memory map as Linux prints it with {@code efi=debug}:
 * {@code efi: mem00: [Conventional|...] range=[0x...-0x...] (..MB)}. The end is the last byte or, as older kernels
 * print it before a round bracket, the first one behind. A type that a kernel has no name for is printed as
 * {@code type=15}. Sources: Linux, drivers/firmware/efi/efi.c (efi_md_typeattr_format), arch/x86/platform/efi/efi.c
 * (efi_print_memmap).
 *
 * @param type its number
 * @param name of the type as it was printed
 * @param attribute EFI_MEMORY_WB and others
 * @param start first byte
 * @param last last byte
 * @param line where it stands, from 1
 * @param column where the range stands in it, from 1
 */
public record EfiLine(long type, String name, long attribute, long start, long last, int line, int column) {
    /** EFI_MEMORY_WB: write-back memory. */
    public static final long WRITE_BACK = 0x8;

    /** EFI_MEMORY_SP: memory for a specific purpose. */
    public static final long SPECIFIC_PURPOSE = 0x40000;

    private static final Pattern BEGIN = Pattern.compile("(?:^|\\s)efi: mem\\d+:");
    private static final Pattern LINE = Pattern.compile(
            "\\s*\\[([^\\]]*)] range=\\[0x([0-9a-fA-F]{1,16})-0x([0-9a-fA-F]{1,16})([\\])]) \\(\\d+MB\\)\\s*");
    private static final Pattern NUMBERED = Pattern.compile("type=(\\d{1,10})");
    private static final Pattern BITS = Pattern.compile("attr=0x([0-9a-fA-F]{1,16})");
    private static final Map<String, Long> ATTRIBUTES = Map.ofEntries(
            Map.entry("", 0L),
            Map.entry("UC", 0x1L),
            Map.entry("WC", 0x2L),
            Map.entry("WT", 0x4L),
            Map.entry("WB", WRITE_BACK),
            Map.entry("UCE", 0x10L),
            Map.entry("WP", 0x1000L),
            Map.entry("RP", 0x2000L),
            Map.entry("XP", 0x4000L),
            Map.entry("NV", 0x8000L),
            Map.entry("MR", 0x1_0000L),
            Map.entry("RO", 0x2_0000L),
            Map.entry("SP", SPECIFIC_PURPOSE),
            Map.entry("CC", 0x8_0000L),
            Map.entry("HP", 0x10_0000L),
            Map.entry("RUN", 1L << 63));

    /**
     * Reads a line of a kernel log; empty where it is none of a UEFI map.
     *
     * @throws BadInventory where it begins like one and cannot be read
     */
    public static Optional<EfiLine> read(String text, int number) throws BadInventory {
        Matcher begin = BEGIN.matcher(text);
        if (!begin.find()) {
            return Optional.empty();
        }
        String rest = text.substring(begin.end());
        int column = begin.end() + 1;
        Matcher matcher = LINE.matcher(rest);
        if (!matcher.matches()) {
            throw new BadInventory(number, column,
                    "%s is no range; allowed is '[type|attributes] range=[0x<hex>-0x<hex>] (<n>MB)'"
                            .formatted(MemoryMapReader.quoted(rest.strip())));
        }
        String[] cells = matcher.group(1).split("\\|", -1);
        String name = cells[0].strip();
        int at = column + matcher.start(1);
        long type = type(name, number, at);
        long attribute = 0;
        for (int i = 1; i < cells.length; i++) {
            attribute |= attribute(cells[i].strip(), number, at);
        }
        long start = Long.parseUnsignedLong(matcher.group(2), 16);
        long end = Long.parseUnsignedLong(matcher.group(3), 16);
        boolean inclusive = matcher.group(4).equals("]");
        int place = column + matcher.start(2);
        if (!inclusive && end == 0) {
            throw new BadInventory(number, place,
                    "the range 0x%x-0x%x ends before it begins; allowed is an end that is above the start"
                            .formatted(start, end));
        }
        return Optional.of(new EfiLine(type, name, attribute, start, inclusive ? end : end - 1, number, place));
    }

    private static long type(String name, int number, int column) throws BadInventory {
        Matcher numbered = NUMBERED.matcher(name);
        long type = numbered.matches()
                ? Long.parseLong(numbered.group(1))
                : EfiMemoryType.ofLinux(name).map(known -> (long) known.ordinal()).orElse(-1L);
        if (!EfiMemoryType.isKnown(type)) {
            throw new BadInventory(number, column,
                    "%s is no type of memory; allowed are the names that Linux prints, such as 'Boot Data', and "
                            .formatted(MemoryMapReader.quoted(name))
                            + "'type=<n>' with 0 to 15 or 1879048192 to 4294967295");
        }
        return type;
    }

    private static long attribute(String cell, int number, int column) throws BadInventory {
        Matcher bits = BITS.matcher(cell);
        if (bits.matches()) {
            return Long.parseUnsignedLong(bits.group(1), 16);
        }
        Long bit = ATTRIBUTES.get(cell);
        if (bit == null) {
            throw new BadInventory(number, column,
                    "%s is no attribute of memory; allowed are those that Linux prints, such as WB, and 'attr=0x<hex>'"
                            .formatted(MemoryMapReader.quoted(cell)));
        }
        return bit;
    }

    /** Whether Linux makes ordinary memory of it. Source: Linux, arch/x86/platform/efi/efi.c (do_add_efi_memmap). */
    boolean isUsable() {
        return EfiMemoryType.of(type).map(EfiMemoryType::isFreeAfterBoot).orElse(false)
                && (attribute & WRITE_BACK) != 0
                && (attribute & SPECIFIC_PURPOSE) == 0;
    }
}
