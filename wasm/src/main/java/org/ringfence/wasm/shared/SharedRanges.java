package org.ringfence.wasm.shared;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ringfence.machine.operation.Part;
import org.ringfence.wasm.module.WasmFile;

/**
 * The ranges of a module's memory that a case declares as shared.
 *
 * @param ranges none where nothing is declared
 */
public record SharedRanges(List<Placed> ranges) {
    /** Nothing is shared. */
    public static final SharedRanges NONE = new SharedRanges(List.of());

    /** How one is written. */
    public static final String SYNTAX =
            "such as 'counter as u32 of 1 below 4', 'ring as u16 of 2 below 4 with host' or 'ghcb+0x800 as psc of 2', with semicolons";

    private static final Pattern ONE = Pattern.compile(
            "(?<symbol>[A-Za-z_][A-Za-z0-9_]*)(\\+0x(?<offset>[0-9A-Fa-f]{1,6}))? as "
                    + "(psc of (?<entries>[0-9]{1,3})"
                    + "|u(?<width>8|16|32|64) of (?<count>[0-9]{1,3}) below (?<below>[0-9]{1,3})(?<host> with host)?)");
    private static final int MOST = 16;

    /** A region, and the address that the module has it at. */
    public record Placed(long address, Region region) {
        boolean has(long at, int bytes) {
            return at >= address && at + bytes <= address + region.bytes();
        }
    }

    public SharedRanges {
        ranges = List.copyOf(ranges);
    }

    /**
     * What {@code text} declares of a module.
     *
     * @throws IllegalArgumentException with a sentence where it makes no sense
     */
    public static SharedRanges of(String text, WasmFile file) {
        List<Placed> ranges = new ArrayList<>();
        for (String one : text.isBlank() ? new String[0] : text.split(";", -1)) {
            ranges.add(placed(one.strip(), file));
        }
        if (!ranges.isEmpty() && !file.isInstrumented()) {
            throw new IllegalArgumentException(
                    "module %s: its accesses to 'shared' memory cannot be seen; pass it through wasm-opt --instrument-memory --asyncify"
                            .formatted(file.name()));
        }
        return new SharedRanges(ranges);
    }

    private static Placed placed(String text, WasmFile file) {
        Matcher one = ONE.matcher(text);
        if (!one.matches()) {
            throw new IllegalArgumentException(
                    "'%s' in 'shared' is no declaration; allowed is %s".formatted(text, SYNTAX));
        }
        String symbol = one.group("symbol");
        long address = file.symbol(symbol).orElseThrow(() -> new IllegalArgumentException(
                "module %s exports no variable '%s', which 'shared' names; link it with --export=%s"
                        .formatted(file.name(), symbol, symbol)));
        String offset = one.group("offset");
        Region region = region(one, symbol);
        return new Placed(address + (offset == null ? 0 : Long.parseLong(offset, 16)), region);
    }

    private static Region region(Matcher one, String symbol) {
        String entries = one.group("entries");
        if (entries != null) {
            return new PscRegion(symbol, few(entries, 1, "entries"));
        }
        SharedWords.Declared declared = new SharedWords.Declared(
                symbol,
                few(one.group("count"), 1, "words"),
                few(one.group("below"), 2, "values"),
                one.group("host") != null);
        return new WordRegion(declared, Integer.parseInt(one.group("width")) / Byte.SIZE);
    }

    private static int few(String number, int least, String what) {
        int value = Integer.parseInt(number);
        if (value < least || value > MOST) {
            throw new IllegalArgumentException(
                    "%d %s in 'shared'; allowed are %d to %d".formatted(value, what, least, MOST));
        }
        return value;
    }

    /** The range that an access lies in. */
    public Optional<Placed> at(long address, int bytes) {
        return ranges.stream().filter(range -> range.has(address, bytes)).findFirst();
    }

    /** What the machine must have for them. */
    public List<Part> needs() {
        return ranges.stream().flatMap(range -> range.region().needs().stream()).toList();
    }
}
