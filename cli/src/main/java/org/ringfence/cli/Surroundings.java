package org.ringfence.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.cli.judge.Interrupt;
import org.ringfence.cli.judge.ProgressLine;
import org.ringfence.cli.report.Paint;

/**
 * What the program finds around it; a test puts it into other ones.
 *
 * @param out for results
 * @param err for all else
 * @param outIsTerminal asked only when it matters: asking takes time
 * @param home the repository's root, with the folder {@code cases}
 * @param registry what cases can name; loaded only by who needs it
 */
record Surroundings(
        PrintStream out,
        PrintStream err,
        BooleanSupplier outIsTerminal,
        BooleanSupplier errIsTerminal,
        Path home,
        Path workingDirectory,
        Map<String, String> environment,
        Supplier<Registry> registry,
        Interrupt interrupt) {
    private static final int COLUMNS = 80;

    Catalogue catalogue() {
        return new Catalogue(home, workingDirectory);
    }

    /** Whether nobody has asked for an end. */
    boolean goesOn() {
        return !interrupt.isRequested();
    }

    /** Colour on a terminal that has some, unless the user wants none (no-color.org). */
    Paint paint() {
        boolean unwanted = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "").equals("dumb");
        return new Paint(!unwanted && outIsTerminal.getAsBoolean());
    }

    ProgressLine progress() {
        return new ProgressLine(err, errIsTerminal.getAsBoolean(), columns(), System::nanoTime);
    }

    private int columns() {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : COLUMNS;
    }

    boolean debug() {
        return environment.getOrDefault("RINGFENCE_DEBUG", "").equals("1");
    }
}
