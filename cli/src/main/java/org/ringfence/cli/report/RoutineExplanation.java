package org.ringfence.cli.report;

import java.io.PrintStream;
import org.ringfence.checker.check.Registry;

/** A routine in words: what it does, and its options. */
public record RoutineExplanation(Registry.Entry routine, Paint paint) {
    /** Prints it. */
    public void print(PrintStream out) {
        out.println(paint.strong(routine.name()));
        out.println("  " + routine.summary());
        OptionLines.print(routine.prototype(), out);
        out.flush();
    }
}
