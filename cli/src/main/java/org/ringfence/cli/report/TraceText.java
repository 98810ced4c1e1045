package org.ringfence.cli.report;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.run.Trace;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Layout;

/**
 * A trace as numbered steps: who, which operation, its result; then what it changed and where software asked for it.
 */
record TraceText(Paint paint) {

    /** The trace of a property's breach. */
    List<String> lines(Trace trace, Property property, String hurt) {
        List<String> lines = steps(trace);
        if (isStuck(trace, property)) {
            trace.standing().forEach(one -> lines.add("%s stands before %s".formatted(
                    paint.strong(one.who()), one.operation())));
        }
        lines.add("%s is broken%s: %s".formatted(
                paint.bad(property.printed()), after(trace), Words.broken(property)));
        lines.add("it shows at: " + hurt);
        around(trace, lines);
        return lines;
    }

    /** The trace of a way to what must never be reached. */
    List<String> linesTo(Trace trace, Expectation.Reaches reaches) {
        List<String> lines = steps(trace);
        lines.add("%s is reached%s, and never should be".formatted(paint.bad(reaches.operation()), after(trace)));
        around(trace, lines);
        return lines;
    }

    private List<String> steps(Trace trace) {
        List<String> lines = new ArrayList<>();
        int who = trace.steps().stream().mapToInt(step -> step.who().length()).max().orElse(0);
        int digits = Integer.toString(trace.steps().size()).length();
        String indent = " ".repeat(digits + 2 + who + 2);
        int number = 0;
        for (Trace.Step step : trace.steps()) {
            number++;
            lines.add(Words.format("%" + digits + "d. ", number)
                    + paint.strong(step.who()) + " ".repeat(who - step.who().length() + 2)
                    + operation(step));
            for (Layout.Change change : step.changes()) {
                lines.add(indent + "  " + change);
            }
            if (!step.line().isEmpty()) {
                lines.add(indent + "  " + paint.faint("at " + step.line()));
            }
        }
        return lines;
    }

    private static String after(Trace trace) {
        return trace.steps().isEmpty()
                ? " from the beginning"
                : " after step " + trace.steps().size();
    }

    private static void around(Trace trace, List<String> lines) {
        if (!trace.around().isEmpty()) {
            lines.add("the state then:");
            trace.around().forEach(line -> lines.add("  " + line));
        }
    }

    /** Whether what is wrong is that nobody can go on, or not to the end. */
    private static boolean isStuck(Trace trace, Property property) {
        boolean panics =
                !trace.steps().isEmpty() && trace.steps().getLast().operation().equals("panic");
        return !panics && (property == Property.AVAILABILITY || property == Property.PROGRESS);
    }

    /** A panic has a reason, not a result. */
    private static String operation(Trace.Step step) {
        if (step.result().isEmpty()) {
            return step.operation();
        }
        return step.operation() + (step.operation().equals("panic") ? ": " : " = ") + step.result();
    }
}
