package org.ringfence.stack.host.inventory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code lscpu -p} prints: lines of numbers separated by commas, under a comment that names the columns.
 * CPU, Core, Socket and Node must be there; Online may ({@code lscpu -a -p=CPU,Core,Socket,Node,Online} prints it), and
 * without it every processor is online. Other columns are passed over. Source: util-linux, lscpu(1).
 */
final class CpuListReader {
    static final String ALLOWED = "what 'lscpu -a -p=CPU,Core,Socket,Node,Online' prints";

    private static final String CPU = "CPU";
    private static final String CORE = "CORE";
    private static final String SOCKET = "SOCKET";
    private static final String NODE = "NODE";
    private static final String ONLINE = "ONLINE";
    private static final int MOST_CPUS = 8192;
    private static final int MOST_OTHERS = 65535;

    /** Sets of packages are words of 64 bits. */
    private static final int MOST_SOCKETS = 64;

    private final TextLines text;
    private final Map<Integer, Integer> lineOf = new HashMap<>();
    private final Set<Integer> sockets = new HashSet<>();
    private @Nullable List<String> columns;

    /** A cell of a line: its text and where it begins, from 1. */
    private record Cell(String text, int line, int column) {}

    CpuListReader(byte[] bytes) throws BadInventory {
        this.text = TextLines.of(bytes, ALLOWED);
    }

    CpuList read() throws BadInventory {
        List<HostCpu> cpus = new ArrayList<>();
        for (int i = 0; i < text.lines().size(); i++) {
            String line = text.lines().get(i);
            if (line.startsWith("#")) {
                header(line.substring(1), i + 1);
            } else if (!line.isBlank()) {
                cpus.add(cpu(line, i + 1));
            }
        }
        if (cpus.isEmpty()) {
            throw new BadInventory(text.last(), 1, "the file ends without a processor; allowed is " + ALLOWED);
        }
        cpus.sort(Comparator.comparingInt(HostCpu::cpu));
        if (cpus.stream().noneMatch(HostCpu::online)) {
            throw new BadInventory(text.last(), 1,
                    "no processor is online; allowed is a list with at least one that is");
        }
        return new CpuList(cpus);
    }

    /** A comment names the columns when it is a list that begins with CPU. */
    private void header(String comment, int number) throws BadInventory {
        List<String> names = Arrays.stream(comment.split(",", -1)).map(name -> name.strip().toUpperCase(Locale.ROOT))
                .toList();
        if (!names.contains(CPU)) {
            return;
        }
        for (String needed : List.of(CORE, SOCKET, NODE)) {
            if (!names.contains(needed)) {
                throw new BadInventory(number, 1, "the columns %s lack %s; allowed is %s"
                        .formatted(MemoryMapReader.quoted(comment.strip()), titled(needed), ALLOWED));
            }
        }
        for (String once : List.of(CPU, CORE, SOCKET, NODE, ONLINE)) {
            if (names.indexOf(once) != names.lastIndexOf(once)) {
                throw new BadInventory(number, 1, "the column %s is named twice; allowed is %s"
                        .formatted(titled(once), ALLOWED));
            }
        }
        columns = names;
    }

    private HostCpu cpu(String line, int number) throws BadInventory {
        if (columns == null) {
            throw new BadInventory(number, 1,
                    "no comment names the columns before the first processor; allowed is "
                            + ALLOWED);
        }
        List<Cell> cells = cells(line, number);
        if (cells.size() != columns.size()) {
            throw new BadInventory(number, 1, "%s has %d values where %d columns are named; allowed is one for each"
                    .formatted(MemoryMapReader.quoted(line), cells.size(), columns.size()));
        }
        int cpu = whole(cell(cells, CPU), CPU, MOST_CPUS - 1);
        Integer before = lineOf.putIfAbsent(cpu, number);
        if (before != null) {
            throw new BadInventory(number, cell(cells, CPU).column(),
                    "CPU %d is listed twice, also in line %d; allowed is each once".formatted(cpu, before));
        }
        boolean online = !columns.contains(ONLINE) || online(cell(cells, ONLINE));
        Cell socket = cell(cells, SOCKET);
        if (!online && socket.text().isEmpty()) {
            throw new BadInventory(number, socket.column(),
                    "CPU %d is offline and Linux does not know its Socket; allowed is the number of its package, written by hand, or no line for it"
                            .formatted(cpu));
        }
        int itsSocket = whole(socket, SOCKET, MOST_OTHERS);
        if (sockets.add(itsSocket) && sockets.size() > MOST_SOCKETS) {
            throw new BadInventory(number, socket.column(),
                    "CPU %d is of package number %d in this list; allowed are %d at most"
                            .formatted(cpu, sockets.size(), MOST_SOCKETS));
        }
        Cell core = cell(cells, CORE);
        Cell node = cell(cells, NODE);
        return new HostCpu(
                cpu,
                !online && core.text().isEmpty() ? 0 : whole(core, CORE, MOST_OTHERS),
                itsSocket,
                node.text().isEmpty() ? 0 : whole(node, NODE, MOST_OTHERS),
                online);
    }

    private static List<Cell> cells(String line, int number) {
        List<Cell> cells = new ArrayList<>();
        int at = 0;
        for (String part : line.split(",", -1)) {
            cells.add(new Cell(part.strip(), number, at + 1));
            at += part.length() + 1;
        }
        return cells;
    }

    private Cell cell(List<Cell> cells, String column) {
        List<String> names = columns == null ? List.of() : columns;
        return cells.get(names.indexOf(column));
    }

    private static int whole(Cell cell, String column, int most) throws BadInventory {
        if (cell.text().matches("[0-9]{1,9}") && Integer.parseInt(cell.text()) <= most) {
            return Integer.parseInt(cell.text());
        }
        throw new BadInventory(cell.line(), cell.column(), "the %s is %s; allowed is a whole number from 0 to %d"
                .formatted(titled(column), MemoryMapReader.quoted(cell.text()), most));
    }

    private static boolean online(Cell cell) throws BadInventory {
        return switch (cell.text().toUpperCase(Locale.ROOT)) {
            case "Y", "YES", "1" -> true;
            case "N", "NO", "0" -> false;
            default ->
                throw new BadInventory(cell.line(), cell.column(),
                        "Online is %s; allowed are Y and N".formatted(MemoryMapReader.quoted(cell.text())));
        };
    }

    private static String titled(String column) {
        return column.equals(CPU) ? CPU : column.charAt(0) + column.substring(1).toLowerCase(Locale.ROOT);
    }
}
