package org.ringfence.cli.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ringfence.checker.check.Covered;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.Verdict;
import org.ringfence.checker.run.Trace;
import org.ringfence.cli.judge.CaseResult;
import org.ringfence.cli.judge.Judged;
import org.ringfence.cli.judge.Judgement;
import org.ringfence.cli.judge.Search;
import org.ringfence.machine.operation.Property;

/**
 * A line a case while it works, below it what did not come out as expected, and a line at the end.
 *
 * @param nameWidth columns for the cases' names
 * @param style how much is said of a case
 * @param costs in the style with a table, a second one: what a case costs, or no lines
 */
public record TextReport(
        PrintStream out, Paint paint, int nameWidth, Style style, Function<CaseResult, List<String>> costs)
        implements
            Report {
    private static final int MOST_LISTED = 12;

    /** How much is said. */
    public enum Style {
        /** A line a case, and all about what did not come out. */
        LINES,
        /** All about every expectation, with the trace of every violation. */
        EVERYTHING,
        /** A table in the end, and all about what did not come out. */
        MATRIX
    }

    @Override
    public void finished(CaseResult result) {
        if (style != Style.MATRIX) {
            out.println(line(result));
        }
        for (Search search : result.searches()) {
            List<Judged> shown = search.judged().stream()
                    .filter(judged -> style == Style.EVERYTHING || judged.judgement() == Judgement.UNMET)
                    .toList();
            if (!shown.isEmpty()) {
                out.println("  %s%s under %s".formatted(
                        style == Style.MATRIX ? result.name() + " on " : "", search.platform(),
                        search.threat()));
                evidence(search).forEach(line -> out.println("    " + line));
                shown.forEach(judged -> explain(search, judged));
            }
        }
        if (style == Style.EVERYTHING && result.problem() == null) {
            out.println();
        }
        out.flush();
    }

    private String line(CaseResult result) {
        String name = result.name();
        String padded = name + " ".repeat(Math.max(0, nameWidth - name.length()));
        if (result.broken() != null) {
            return padded + "  " + paint.bad("a defect of Ringfence");
        }
        if (result.problem() != null) {
            return padded + "  " + paint.bad("cannot be checked");
        }
        String met = "%d of %d met".formatted(
                result.count(Judgement.MET), (int) result.judged().count());
        String rest = Words.format("%s  %16s  %8s", " ".repeat(Math.max(0, 12 - met.length())),
                Words.count(result.states(), "state"), Words.seconds(result.seconds()));
        int unmet = result.count(Judgement.UNMET);
        int open = result.count(Judgement.OPEN);
        String flags = (unmet == 0 ? "" : "  " + paint.bad("%d NOT MET".formatted(unmet)))
                + (open == 0 ? "" : "  " + paint.open("%d not known".formatted(open)));
        return padded + "  " + (unmet + open == 0 ? paint.good(met) : met) + rest + flags;
    }

    // ---- one search

    /** What every verdict of this search rests on, once for all of them. */
    private static List<String> evidence(Search search) {
        Finding finding = search.finding();
        if (finding == null) {
            return List.of("was not searched to its end: " + search.why());
        }
        List<String> lines = new ArrayList<>(List.of(Words.evidence(finding)));
        finding.notes().forEach(note -> lines.add("note: " + note));
        return lines;
    }

    private void explain(Search search, Judged judged) {
        out.println("    " + heading(search, judged));
        Finding finding = search.finding();
        if (finding == null) {
            return;
        }
        switch (judged.expectation()) {
            case Expectation.OfProperty(var threat, var platform, Property property, var outcome) ->
                explain(finding, property);
            case Expectation.Reaches reaches -> {
                if (judged.judgement() == Judgement.UNMET) {
                    out.println("      " + reached(finding, reaches));
                    way(finding, reaches);
                }
            }
        }
    }

    /** Where it must never be reached and is. */
    private void way(Finding finding, Expectation.Reaches reaches) {
        Trace way = finding.ways().get(reaches);
        if (way != null) {
            new TraceText(paint).linesTo(way, reaches).forEach(line -> out.println("      " + line));
        }
    }

    private String heading(Search search, Judged judged) {
        String expected = Words.expectation(judged.expectation());
        return switch (judged.judgement()) {
            case MET -> "%s, %s".formatted(expected, paint.good("as expected"));
            case UNMET ->
                "%s was expected, %s".formatted(expected, paint.bad("NOT MET: found " + found(search, judged)));
            case OPEN ->
                "%s was expected, %s".formatted(expected, paint.open("not known: ended by " + why(search, judged)));
        };
    }

    private static String why(Search search, Judged judged) {
        Finding finding = search.finding();
        if (finding != null
                && judged.expectation() instanceof Expectation.OfProperty expected
                && finding.verdicts().get(expected.property()) instanceof Verdict.Inconclusive inconclusive) {
            return inconclusive.limit();
        }
        return why(search);
    }

    private static String why(Search search) {
        Finding finding = search.finding();
        return finding == null ? search.why() : Words.stop(finding.exploration().stop());
    }

    private static String found(Search search, Judged judged) {
        Finding finding = search.finding();
        return switch (judged.expectation()) {
            case Expectation.OfProperty(var threat, var platform, Property property, var outcome) -> {
                Verdict verdict = finding == null ? null : finding.verdicts().get(property);
                yield verdict == null ? "nothing" : verdict.printed();
            }
            case Expectation.Reaches reaches -> reaches.never() ? "reached" : "not reached";
        };
    }

    private void explain(Finding finding, Property property) {
        switch (finding.verdicts().get(property)) {
            case Verdict.Violated violated ->
                new TraceText(paint)
                        .lines(violated.trace(), property, violated.hurt())
                        .forEach(line -> out.println("      " + line));
            case Verdict.Vacuous vacuous -> out.println("      nothing ever put it to the test");
            case Verdict.Safe safe -> {}
            case Verdict.Inconclusive inconclusive -> {}
            case null -> {}
        }
    }

    private static String reached(Finding finding, Expectation.Reaches reaches) {
        List<String> results = finding.covered().stream()
                .filter(covered -> covered.operation().equals(reaches.operation()))
                .map(covered -> covered.result().isEmpty() ? "(no result)" : covered.result())
                .distinct()
                .sorted()
                .toList();
        if (!results.isEmpty()) {
            return "%s ended with: %s".formatted(reaches.operation(), some(results));
        }
        TreeSet<String> operations =
                finding.covered().stream().map(Covered::operation).collect(Collectors.toCollection(TreeSet::new));
        return operations.isEmpty()
                ? "no operation was reached"
                : "%s was never reached; these were: %s"
                        .formatted(reaches.operation(), some(List.copyOf(operations)));
    }

    private static String some(List<String> all) {
        String listed = all.stream().limit(MOST_LISTED).collect(Collectors.joining(", "));
        return all.size() <= MOST_LISTED ? listed : listed + " and %d more".formatted(all.size() - MOST_LISTED);
    }

    // ---- the end

    @Override
    public void end(Run run) {
        if (style == Style.MATRIX) {
            new Matrix(run.results(), paint).lines().forEach(out::println);
            out.println();
            for (CaseResult result : run.results()) {
                List<String> lines = costs.apply(result);
                lines.forEach(out::println);
                if (!lines.isEmpty()) {
                    out.println();
                }
            }
        }
        long all = run.results().stream().flatMap(CaseResult::judged).count();
        long met = total(run, Judgement.MET);
        long unmet = total(run, Judgement.UNMET);
        long open = total(run, Judgement.OPEN);
        long states = run.results().stream().mapToLong(CaseResult::states).sum();
        StringBuilder line = new StringBuilder(Words.format(
                "%s: %,d of %s met",
                run.results().size() == run.cases()
                        ? Words.count(run.cases(), "case")
                        : Words.format("%,d of %s", run.results().size(), Words.count(run.cases(), "case")),
                met,
                Words.count(all, "expectation")));
        if (unmet > 0) {
            line.append(", ").append(paint.bad(Words.format("%,d NOT MET", unmet)));
        }
        if (open > 0) {
            line.append(", ").append(paint.open(Words.format("%,d not known (%s)", open, limits(run))));
        }
        line.append(Words.format(", %s, %s", Words.count(states, "state"), Words.seconds(run.seconds())));
        out.println(line);
        out.flush();
    }

    private static long total(Run run, Judgement judgement) {
        return run.results().stream().mapToLong(result -> result.count(judgement)).sum();
    }

    /** What ended searches that left something open. */
    private static String limits(Run run) {
        return run.results().stream()
                .flatMap(result -> result.searches().stream())
                .flatMap(search -> search.judged().stream()
                        .filter(one -> one.judgement() == Judgement.OPEN)
                        .map(one -> why(search, one)))
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
