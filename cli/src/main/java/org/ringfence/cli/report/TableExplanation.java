package org.ringfence.cli.report;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import org.ringfence.stack.guest.linux.PhysicalRange;
import org.ringfence.stack.guest.linux.UnacceptedTable;
import org.ringfence.stack.guest.linux.UnitMath;
import org.ringfence.stack.guest.linux.UnitRange;

/**
 * What a table of unaccepted memory says, in words: its header, how much of what it covers nobody has accepted, and
 * where that is.
 *
 * @param name of the file that it was dumped to
 */
public record TableExplanation(String name, UnacceptedTable table) {
    private static final int MOST_RUNS = 32;

    /** Prints it. */
    public void print(PrintStream out) {
        UnitMath math = table.math();
        PhysicalRange covered = math.covered();
        out.println("%s  struct efi_unaccepted_memory, version %d".formatted(name, UnacceptedTable.VERSION));
        out.println("  unit 0x%X bytes, base 0x%X, a bitmap of %d bytes".formatted(
                math.unitSize(), math.physBase(), table.size()));
        out.println("  covers 0x%X to 0x%X, %d units; all else counts as accepted".formatted(
                covered.start(), covered.end(), math.units()));
        long unaccepted = 0;
        long runs = 0;
        StringBuilder told = new StringBuilder();
        UnitRange rest = new UnitRange(0, math.units());
        Optional<UnitRange> run = table.firstRun(rest);
        while (run.isPresent()) {
            UnitRange found = run.get();
            unaccepted += found.end() - found.first();
            if (runs++ < MOST_RUNS) {
                PhysicalRange memory = math.memory(found);
                told.append("    0x%X to 0x%X, %s%n".formatted(
                        memory.start(), memory.end(), counted(found.end() - found.first(), "unit")));
            }
            rest = new UnitRange(found.end(), math.units());
            run = table.firstRun(rest);
        }
        out.println(String.format(Locale.ROOT, "  unaccepted: %d of %d units, 0x%X bytes, in %s", unaccepted,
                math.units(), unaccepted * math.unitSize(), counted(runs, "range")));
        out.print(told);
        if (runs > MOST_RUNS) {
            out.println("    and %d more".formatted(runs - MOST_RUNS));
        }
        out.flush();
    }

    private static String counted(long number, String what) {
        return "%d %s%s".formatted(number, what, number == 1 ? "" : "s");
    }
}
