package org.ringfence.platform.cost;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What each operation costs, and the few other figures that a plan rests on. A line of its text is
 * {@code NAME = AMOUNT UNIT | published or assumed | SOURCE}; the last two may be left out. {@code #} begins a comment.
 */
public final class CostTable {
    private static final String RESOURCE = "costs.txt";
    private static final String OTHER = "other";
    private static final Pattern LINE = Pattern.compile("([^=|]+)=\\s*([^\\s|]+)\\s+([^\\s|]+)\\s*(?:\\|(.*))?");
    private static final int MOST_SHOWN = 60;

    private final Map<String, Cost> costs;

    private CostTable(Map<String, Cost> costs) {
        this.costs = Collections.unmodifiableMap(costs);
    }

    /** The table that comes with the program. */
    public static CostTable defaults() {
        try (InputStream in = Objects.requireNonNull(CostTable.class.getResourceAsStream(RESOURCE))) {
            Map<String, Cost> costs = new LinkedHashMap<>();
            read(new String(in.readAllBytes(), StandardCharsets.UTF_8), costs, Cost.Origin.ASSUMED, "")
                    .forEach(cost -> costs.put(cost.name(), cost));
            return new CostTable(costs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (BadCosts bad) {
            throw new IllegalStateException("line %d of %s: %s".formatted(bad.line(), RESOURCE, bad.sentence()), bad);
        }
    }

    /**
     * This table with the rows that {@code text} has in the place of its own.
     *
     * @throws BadCosts where a line is none, names what this table does not have, or has another kind of unit
     */
    public CostTable with(String text) throws BadCosts {
        Map<String, Cost> changed = new LinkedHashMap<>(costs);
        read(text, costs, Cost.Origin.ASSUMED, "the file of costs").forEach(cost -> changed.put(cost.name(), cost));
        return new CostTable(changed);
    }

    private static List<Cost> read(String text, Map<String, Cost> known, Cost.Origin origin, String source)
            throws BadCosts {
        List<Cost> read = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int number = 0;
        for (String whole : text.split("\\R", -1)) {
            number++;
            String line = whole.replaceFirst("#.*", "").strip();
            if (line.isEmpty()) {
                continue;
            }
            Cost cost = line(number, line, origin, source);
            if (!names.add(cost.name())) {
                throw new BadCosts(number, "%s is given twice; allowed is once".formatted(shown(cost.name())));
            }
            if (!known.isEmpty()) {
                requireKnown(number, cost, known);
            }
            read.add(cost);
        }
        return read;
    }

    private static Cost line(int number, String line, Cost.Origin usual, String usualSource) throws BadCosts {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new BadCosts(number, "%s is no cost; allowed is NAME = AMOUNT UNIT, such as VMRUN = 1.5 us"
                    .formatted(shown(line)));
        }
        String[] more = parts.group(4) == null ? new String[0] : parts.group(4).split("\\|", 2);
        return new Cost(
                parts.group(1).strip(),
                amount(number, parts.group(2)),
                unit(number, parts.group(3)),
                more.length == 0 ? usual : origin(number, more[0].strip()),
                more.length < 2 ? usualSource : more[1].strip());
    }

    private static void requireKnown(int number, Cost cost, Map<String, Cost> known) throws BadCosts {
        Cost standing = known.get(cost.name());
        if (standing == null) {
            throw new BadCosts(number, "unknown cost %s; allowed are %s"
                    .formatted(shown(cost.name()), String.join(", ", known.keySet())));
        }
        if (standing.unit().kind() != cost.unit().kind()) {
            throw new BadCosts(number, "%s is given in %s; allowed are %s".formatted(
                    cost.name(), cost.unit(), Arrays.stream(CostUnit.values())
                            .filter(unit -> unit.kind() == standing.unit().kind())
                            .map(CostUnit::toString)
                            .collect(Collectors.joining(", "))));
        }
        if (cost.unit().kind() == CostUnit.Kind.RATE && cost.amount() == 0) {
            throw new BadCosts(number, "%s is 0; allowed is more".formatted(cost.name()));
        }
    }

    private static double amount(int number, String text) throws BadCosts {
        try {
            double amount = Double.parseDouble(text);
            if (amount >= 0 && amount <= 1e12) {
                return amount;
            }
        } catch (NumberFormatException odd) {
            throw noAmount(number, text);
        }
        throw noAmount(number, text);
    }

    private static BadCosts noAmount(int number, String text) {
        return new BadCosts(number, "%s is no amount; allowed is a number from 0 to 1e12".formatted(shown(text)));
    }

    private static CostUnit unit(int number, String text) throws BadCosts {
        for (CostUnit unit : CostUnit.values()) {
            if (unit.toString().equals(text)) {
                return unit;
            }
        }
        throw new BadCosts(number, "unknown unit %s; allowed are %s".formatted(
                shown(text),
                Arrays.stream(CostUnit.values()).map(CostUnit::toString).collect(Collectors.joining(", "))));
    }

    private static Cost.Origin origin(int number, String text) throws BadCosts {
        for (Cost.Origin origin : Cost.Origin.values()) {
            if (origin.toString().equals(text)) {
                return origin;
            }
        }
        throw new BadCosts(number, "%s is no origin; allowed are published and assumed".formatted(shown(text)));
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{C}", "?");
        return "'" + (plain.length() > MOST_SHOWN ? plain.substring(0, MOST_SHOWN) + "..." : plain) + "'";
    }

    /** All rows. */
    public List<Cost> costs() {
        return List.copyOf(costs.values());
    }

    /** Seconds of one operation of this name; those of {@code other} where the table does not have it. */
    public double seconds(String operation) {
        Cost cost = costs.get(operation);
        return cost != null && cost.unit().kind() == CostUnit.Kind.TIME ? cost.inBaseUnits() : amount(OTHER);
    }

    /** The figure of this name, which the table has: seconds, bytes, or bytes a second. */
    public double amount(String name) {
        return Objects.requireNonNull(costs.get(name), name).inBaseUnits();
    }
}
