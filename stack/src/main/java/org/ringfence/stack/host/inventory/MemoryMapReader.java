package org.ringfence.stack.host.inventory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a memory map out of a kernel log, of which all other lines are passed over.
 *
 * <ul>
 * <li>{@code BIOS-e820: [mem 0x...-0x...] usable}: the firmware's map as Linux has put it in order. Newer kernels print
 * {@code System RAM} and {@code device reserved}, and name the gaps. Source: arch/x86/kernel/e820.c (e820_print_type,
 * e820__print_table).
 * <li>{@code efi: mem00: [Conventional Memory|...] range=[0x...-0x...] (..MB)}, see {@link EfiLine}: used where there
 * are no e820 lines. Usable is what the kernel makes RAM of: write-back memory of the loader, the boot services and
 * conventional memory, unless it is for a specific purpose.
 * <li>{@code user: [mem 0x...-0x...] usable} and {@code modified: [mem 0x...-0x...] usable}: the map that Linux uses
 * instead, after {@code mem=}, {@code memmap=} or the trimming of memory that the MTRRs do not cover. The one that is
 * printed last is used. Source: arch/x86/kernel/e820.c (e820__finish_early_params, e820__update_table_print).
 * <li>{@code ACPI: SRAT: Node 0 PXM 0 [mem 0x...-0x...]}: which node addresses are on.
 * <li>{@code CMR: [0x..., 0x...)} or {@code CMR[0]: [0x..., 0x...)}: convertible memory, as patches to Linux print what
 * the TDX module tells.
 * </ul>
 */
final class MemoryMapReader {
    static final String ALLOWED =
            "a kernel log with lines such as 'BIOS-e820: [mem 0x0000000000100000-0x00000000bfffffff] usable'";

    private static final Pattern E820 =
            Pattern.compile("(BIOS-e820:|(?<![\\w-])user:|(?<![\\w-])modified:) *(?=\\[(?:mem|gap) |$)|BIOS-e820:");
    private static final Pattern CMR = Pattern.compile("CMR(?:\\[\\d+])?:");
    private static final Pattern CMR_LINE =
            Pattern.compile("\\s*\\[0x([0-9a-fA-F]{1,16}), 0x([0-9a-fA-F]{1,16})\\)\\s*");
    private static final String SRAT = "SRAT: Node ";
    private static final String RANGE = "0x([0-9a-fA-F]{1,16})-0x([0-9a-fA-F]{1,16})";
    private static final Pattern E820_LINE = Pattern.compile("\\s*\\[(mem|gap) " + RANGE + "]\\s*(.*?)\\s*");
    private static final Pattern SRAT_LINE = Pattern.compile("(\\d{1,4}) PXM \\d+ \\[mem " + RANGE + "](?: .*)?");
    private static final Pattern NUMBERED = Pattern.compile("persistent (?:RAM )?\\(type \\d+\\)|type \\d+");
    private static final Set<String> RAM = Set.of("usable", "System RAM");
    private static final Set<String> OTHER =
            Set.of("reserved", "device reserved", "soft reserved", "ACPI data", "ACPI NVS", "unusable");
    private static final long MOST = 1L << 52;

    private final TextLines text;
    private final Map<HostMemoryMap.Origin, List<FirmwareRange>> maps = new EnumMap<>(HostMemoryMap.Origin.class);
    private final List<HostMemoryMap.Convertible> cmrs = new ArrayList<>();
    private final List<HostMemoryMap.Affinity> affinities = new ArrayList<>();

    MemoryMapReader(byte[] bytes) throws BadInventory {
        this.text = TextLines.of(bytes, ALLOWED);
    }

    HostMemoryMap read() throws BadInventory {
        for (int i = 0; i < text.lines().size(); i++) {
            line(text.lines().get(i), i + 1);
        }
        HostMemoryMap.Origin origin = used();
        List<FirmwareRange> ranges = maps.getOrDefault(origin, List.of());
        if (ranges.isEmpty()) {
            throw new BadInventory(text.last(), 1, "the file ends without a memory map; allowed is " + ALLOWED);
        }
        if (origin == HostMemoryMap.Origin.EFI) {
            // Firmware made of EDK2 lists reserved and MMIO ranges behind all memory.
            ranges.sort(Comparator.comparingLong(FirmwareRange::start));
        }
        for (int i = 1; i < ranges.size(); i++) {
            follows(ranges.get(i - 1), ranges.get(i));
        }
        affinities.sort(Comparator.comparingLong(HostMemoryMap.Affinity::start));
        for (int i = 1; i < affinities.size(); i++) {
            HostMemoryMap.Affinity affinity = affinities.get(i);
            if (affinity.start() < affinities.get(i - 1).end()) {
                throw new BadInventory(affinity.line(), 1,
                        "the range 0x%x-0x%x is on two nodes, also by line %d; allowed is one node for each address"
                                .formatted(affinity.start(), affinity.end() - 1, affinities.get(i - 1).line()));
            }
        }
        HostMemoryMap map = new HostMemoryMap(origin, ranges, affinities, convertible());
        if (map.blocks().isEmpty()) {
            throw new BadInventory(ranges.getLast().line(), 1,
                    "the memory map ends here without a page of usable memory; allowed is a map with at least one range of type "
                            + (origin == HostMemoryMap.Origin.EFI
                                    ? "'Conventional' and WB"
                                    : "'usable' or 'System RAM'"));
        }
        return map;
    }

    /** The map that the kernel goes by: of those that it makes of the firmware's, the last. */
    private HostMemoryMap.Origin used() {
        HostMemoryMap.Origin used = HostMemoryMap.Origin.EFI;
        int line = 0;
        for (Map.Entry<HostMemoryMap.Origin, List<FirmwareRange>> map : maps.entrySet()) {
            int first = map.getValue().getFirst().line();
            if (map.getKey() != HostMemoryMap.Origin.EFI && first > line) {
                used = map.getKey();
                line = first;
            }
        }
        return used;
    }

    /** Ascending, without the empty ones at the list's end. */
    private List<HostMemoryMap.Convertible> convertible() throws BadInventory {
        for (int i = 1; i < cmrs.size(); i++) {
            if (cmrs.get(i).start() < cmrs.get(i - 1).end()) {
                throw new BadInventory(cmrs.get(i).line(), 1,
                        "the convertible range 0x%x-0x%x begins below the end of the one of line %d; "
                                .formatted(cmrs.get(i).start(), cmrs.get(i).end(), cmrs.get(i - 1).line())
                                + "allowed are ascending ranges that do not overlap");
            }
        }
        return cmrs;
    }

    private void line(String line, int number) throws BadInventory {
        Matcher e820 = E820.matcher(line);
        if (e820.find()) {
            HostMemoryMap.Origin origin = switch (line.charAt(e820.start())) {
                case 'u' -> HostMemoryMap.Origin.USER;
                case 'm' -> HostMemoryMap.Origin.MODIFIED;
                default -> HostMemoryMap.Origin.FIRMWARE;
            };
            int at = line.indexOf(':', e820.start()) + 1;
            e820(origin, line.substring(at), number, at + 1);
            return;
        }
        Matcher cmr = CMR.matcher(line);
        if (cmr.find()) {
            cmr(line.substring(cmr.end()), number, cmr.end() + 1);
            return;
        }
        Optional<EfiLine> efi = EfiLine.read(line, number);
        if (efi.isPresent()) {
            EfiLine range = efi.get();
            add(HostMemoryMap.Origin.EFI,
                    range(range.start(), range.last(), range.isUsable(), range.name(), number, range.column()));
            return;
        }
        int at = line.indexOf(SRAT);
        if (at >= 0) {
            srat(line.substring(at + SRAT.length()), number, at + SRAT.length() + 1);
        }
    }

    private void e820(HostMemoryMap.Origin origin, String rest, int number, int column) throws BadInventory {
        Matcher matcher = E820_LINE.matcher(rest);
        if (!matcher.matches()) {
            throw new BadInventory(number, column,
                    "%s is no range; allowed is '[mem 0x<hex>-0x<hex>] type' or '[gap 0x<hex>-0x<hex>]'"
                            .formatted(quoted(rest.strip())));
        }
        if (matcher.group(1).equals("gap")) {
            return;
        }
        String type = matcher.group(4);
        if (!RAM.contains(type) && !OTHER.contains(type) && !NUMBERED.matcher(type).matches()) {
            throw new BadInventory(number, column + matcher.start(4),
                    "%s is no type of memory; allowed are usable, System RAM, reserved, "
                            .formatted(quoted(type))
                            + "device reserved, soft reserved, ACPI data, ACPI NVS, unusable, persistent (type <n>), "
                            + "persistent RAM (type <n>), type <n>");
        }
        long start = address(matcher, 2);
        long last = address(matcher, 3);
        add(origin, range(start, last, RAM.contains(type), type, number, column + matcher.start(2)));
    }

    private void add(HostMemoryMap.Origin origin, FirmwareRange range) {
        maps.computeIfAbsent(origin, _ -> new ArrayList<>()).add(range);
    }

    private void cmr(String rest, int number, int column) throws BadInventory {
        Matcher matcher = CMR_LINE.matcher(rest);
        if (!matcher.matches()) {
            throw new BadInventory(number, column,
                    "%s is no convertible range; allowed is '[0x<hex>, 0x<hex>)'".formatted(quoted(rest.strip())));
        }
        long start = address(matcher, 1);
        long end = address(matcher, 2);
        if (start != end) {
            FirmwareRange range = range(start, end - 1, true, "", number, column + matcher.start(1));
            cmrs.add(new HostMemoryMap.Convertible(range.start(), range.end(), number));
        }
    }

    private void srat(String rest, int number, int column) throws BadInventory {
        Matcher matcher = SRAT_LINE.matcher(rest);
        if (!matcher.matches()) {
            throw new BadInventory(number, column,
                    "%s is no range of a node; allowed is 'Node <n> PXM <n> [mem 0x<hex>-0x<hex>]'"
                            .formatted(quoted(rest.strip())));
        }
        long start = address(matcher, 2);
        long last = address(matcher, 3);
        FirmwareRange range = range(start, last, false, "", number, column + matcher.start(2));
        affinities.add(
                new HostMemoryMap.Affinity(range.start(), range.end(), Integer.parseInt(matcher.group(1)), number));
    }

    private static FirmwareRange range(long start, long last, boolean usable, String type, int line, int column)
            throws BadInventory {
        if (Long.compareUnsigned(start, MOST) >= 0 || Long.compareUnsigned(last, MOST) >= 0) {
            throw new BadInventory(line, column,
                    "0x%x-0x%x is no range of physical addresses; allowed are addresses of at most 52 bits"
                            .formatted(start, last));
        }
        if (last < start) {
            throw new BadInventory(line, column,
                    "the range 0x%x-0x%x ends before it begins; allowed is an end that is not below the start"
                            .formatted(start, last));
        }
        return new FirmwareRange(start, last + 1, usable, type, line);
    }

    private static long address(Matcher matcher, int group) {
        return Long.parseUnsignedLong(matcher.group(group), 16);
    }

    private static void follows(FirmwareRange before, FirmwareRange range) throws BadInventory {
        if (range.start() >= before.end()) {
            return;
        }
        throw new BadInventory(range.line(), 1, range.start() < before.start()
                ? "the range %s lies below the range %s of line %d; allowed is a map in ascending order, as Linux prints it"
                        .formatted(range, before, before.line())
                : "the range %s overlaps the range %s of line %d; allowed are ranges that do not overlap"
                        .formatted(range, before, before.line()));
    }

    static String quoted(String text) {
        int most = 60;
        String shown = text.length() > most ? text.substring(0, most) + "..." : text;
        // Characters that show nothing, or turn the line around, are no help to a reader.
        return "'" + shown.replaceAll("\\p{C}", "?") + "'";
    }
}
