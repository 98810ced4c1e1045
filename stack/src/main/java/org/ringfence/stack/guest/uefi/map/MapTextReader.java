package org.ringfence.stack.guest.uefi.map;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.host.inventory.BadInventory;
import org.ringfence.stack.host.inventory.EfiLine;
import org.ringfence.stack.host.inventory.TextLines;

/**
 * Reads a map from text.
 *
 * <ul>
 * <li>A kernel log with {@code efi: mem} lines, see {@link EfiLine}; all other lines are passed over.
 * <li>What {@code memmap} prints in an edk2 shell: {@code BS_Data 0000000000001000-0000000000001FFF 0000000000000001
 * 000000000000000F}, or with {@code -sfo} a row {@code MemoryMap,"BootServiceData","1000","1FFF","1","F"}. Headings,
 * sums and the prompt are passed over, and nothing else. A shell that prints to a file writes UTF-16. Source: edk2,
 * ShellPkg/Library/UefiShellDebug1CommandsLib/MemMap.c.
 * </ul>
 */
final class MapTextReader {
    static final String ALLOWED = "what 'memmap' prints in a UEFI shell, or a kernel log with lines such as "
            + "'efi: mem00: [Boot Data|...] range=[0x0000000000001000-0x0000000000001fff] (0MB)'";

    private static final String HEX = "([0-9a-fA-F]{1,16})";
    private static final Pattern ROW =
            Pattern.compile("\\s*(\\S+)\\s+" + HEX + "-" + HEX + "\\s+" + HEX + "\\s+" + HEX + "\\s*");
    private static final Pattern SFO = Pattern.compile("\\s*MemoryMap,\\s*\"([^\"]*)\",\\s*\"" + HEX + "\",\\s*\"" + HEX
            + "\",\\s*\"" + HEX + "\",\\s*\"" + HEX + "\"\\s*");
    private static final Pattern PASSED_OVER = Pattern.compile("\\s*|\\s*Type\\s+Start\\s+End\\s.*"
            + "|\\s*[\\w ]+:\\s*[\\d,]+ (?:Pages|MB).*|\\s*(?:ShellCommand|MemoryMapSummary),.*|(?:Shell|FS\\d+:.*)>.*");
    private static final int LONGEST = 400;
    private static final Pattern NUMBER = Pattern.compile("(?:0x)?([0-9a-fA-F]{8})");

    private final TextLines text;

    MapTextReader(byte[] bytes) throws BadInventory {
        text = TextLines.of(utf8(bytes), ALLOWED);
    }

    /** The same text in UTF-8, where it is UTF-16 with its mark. */
    private static byte[] utf8(byte[] bytes) {
        boolean wide = bytes.length > 2 && bytes.length % 2 == 0 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE;
        return wide
                ? new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16LE).getBytes(StandardCharsets.UTF_8)
                : bytes;
    }

    EfiMemoryMap read() throws BadInventory {
        List<EfiDescriptor> descriptors = new ArrayList<>();
        for (int i = 0; i < text.lines().size(); i++) {
            Optional<EfiLine> line = EfiLine.read(text.lines().get(i), i + 1);
            if (line.isPresent()) {
                descriptors.add(of(line.get()));
            }
        }
        if (descriptors.isEmpty()) {
            for (int i = 0; i < text.lines().size(); i++) {
                row(text.lines().get(i), i + 1, descriptors);
            }
        }
        if (descriptors.isEmpty()) {
            throw new BadInventory(text.last(), 1, "the file ends without a memory map; allowed is " + ALLOWED);
        }
        EfiMemoryMap map = new EfiMemoryMap(descriptors);
        Optional<EfiDescriptor> overlapping = map.overlapping();
        if (overlapping.isPresent()) {
            EfiDescriptor other = map.before(overlapping.get());
            throw new BadInventory(overlapping.get().place(), 1,
                    "the range %s overlaps the range %s of line %d; allowed are ranges that do not overlap"
                            .formatted(overlapping.get(), other, other.place()));
        }
        return map;
    }

    private static EfiDescriptor of(EfiLine line) throws BadInventory {
        return descriptor(line.type(), line.start(), line.last(), line.attribute(), line.line(), line.column());
    }

    private static void row(String line, int number, List<EfiDescriptor> into) throws BadInventory {
        if (line.length() > LONGEST) {
            throw new BadInventory(number, LONGEST,
                    "the line is too long for one of a memory map; allowed is " + ALLOWED);
        }
        Matcher row = ROW.matcher(line);
        if (!row.matches()) {
            row = SFO.matcher(line);
        }
        if (!row.matches()) {
            if (PASSED_OVER.matcher(line).matches()) {
                return;
            }
            throw new BadInventory(number, 1, "the line is no part of a memory map; allowed is " + ALLOWED);
        }
        long type = type(row.group(1), number, row.start(1) + 1);
        int column = row.start(2) + 1;
        EfiDescriptor read =
                descriptor(type, hex(row, 2), hex(row, 3), hex(row, 5), number, column);
        if (read.pages() != hex(row, 4)) {
            throw new BadInventory(number, row.start(4) + 1,
                    "the range %s has 0x%x pages, and not 0x%x; allowed is a number of pages that fits the range"
                            .formatted(read, read.pages(), hex(row, 4)));
        }
        into.add(read);
    }

    private static long type(String name, int number, int column) throws BadInventory {
        Optional<EfiMemoryType> known = EfiMemoryType.ofShell(name);
        if (known.isPresent()) {
            return known.get().ordinal();
        }
        Matcher numbered = NUMBER.matcher(name);
        long type = numbered.matches() ? Long.parseLong(numbered.group(1), 16) : -1;
        if (!EfiMemoryType.isKnown(type)) {
            throw new BadInventory(number, column,
                    "the type of memory is unknown; allowed are the names that memmap prints, such as BS_Data, and "
                            + "eight hexadecimal digits from 70000000 on");
        }
        return type;
    }

    private static EfiDescriptor descriptor(
            long type, long start, long last, long attribute, int line, int column) throws BadInventory {
        if (Long.compareUnsigned(last, start) < 0 || (last + 1 & Geometry.SMALL - 1) != 0) {
            throw new BadInventory(line, column,
                    "the range 0x%x-0x%x has no whole number of pages; allowed is at least one 4K page, "
                            .formatted(start, last)
                            + "with the last byte as its end");
        }
        long pages = Long.divideUnsigned(last - start, Geometry.SMALL) + 1;
        Optional<String> wrong = EfiMemoryMap.wrong(start, pages);
        if (wrong.isPresent()) {
            throw new BadInventory(line, column, wrong.get());
        }
        return new EfiDescriptor(type, start, pages, attribute, line);
    }

    private static long hex(Matcher matcher, int group) {
        return Long.parseUnsignedLong(matcher.group(group), 16);
    }
}
