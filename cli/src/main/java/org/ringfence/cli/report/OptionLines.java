package org.ringfence.cli.report;

import java.io.PrintStream;
import java.util.List;
import org.ringfence.checker.check.Options;

/** The options of a platform or a routine: what is allowed of each, what it is by default, and what it means. */
final class OptionLines {
    private OptionLines() {}

    /** Prints those of {@code prototype}, which has their defaults; nothing where there are none. */
    static void print(Record prototype, PrintStream out) {
        List<Options.Option> options = Options.of(prototype);
        if (options.isEmpty()) {
            return;
        }
        out.println();
        out.println("options");
        for (Options.Option option : options) {
            out.println("  %s: %s; by default %s".formatted(option.name(), option.allowed(), option.value()));
            if (!option.meaning().isEmpty()) {
                out.println("    " + option.meaning());
            }
            option.values().forEach(value -> out.println("      " + value));
        }
    }
}
