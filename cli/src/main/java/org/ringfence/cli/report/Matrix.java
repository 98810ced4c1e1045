package org.ringfence.cli.report;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
 * A table with a row for each case, platform and threat model, and a column for each property that occurs. What did not
 * come out as expected is marked; with a violation stands of how many steps its shortest attack is; beside the verdicts
 * stand the bounds and the evidence that a verdict of safe rests on.
 */
record Matrix(List<CaseResult> results, Paint paint) {
    private static final String MARK = "!";

    private record Cell(String text, boolean wrong) {
        static Cell of(String text) {
            return new Cell(text, false);
        }
    }

    List<String> lines() {
        Set<Property> properties = EnumSet.noneOf(Property.class);
        boolean anyReaches = false;
        for (CaseResult result : results) {
            for (Judged judged : result.judged().toList()) {
                switch (judged.expectation()) {
                    case Expectation.OfProperty(var threat, var platform, Property property, var outcome) ->
                        properties.add(property);
                    case Expectation.Reaches reaches -> anyReaches = true;
                }
            }
        }
        List<List<Cell>> rows = new ArrayList<>();
        List<Cell> head = new ArrayList<>(List.of(Cell.of("case"), Cell.of("platform"), Cell.of("threat")));
        properties.forEach(property -> head.add(Cell.of(property.printed())));
        if (anyReaches) {
            head.add(Cell.of("reaches"));
        }
        List.of("states", "depth", "exactness", "points", "edges", "within").forEach(title -> head.add(Cell.of(title)));
        rows.add(head);
        for (CaseResult result : results) {
            for (Search search : result.searches()) {
                rows.add(row(result, search, properties, anyReaches));
            }
            if (result.searches().isEmpty()) {
                rows.add(List.of(Cell.of(result.name()), new Cell(result.summary().printed(), true)));
            }
        }
        return align(rows);
    }

    private static List<Cell> row(CaseResult result, Search search, Set<Property> properties, boolean anyReaches) {
        List<Cell> row = new ArrayList<>(List.of(
                Cell.of(result.name()),
                Cell.of(search.platform()),
                Cell.of(search.threat().toString())));
        for (Property property : properties) {
            row.add(verdict(search, property));
        }
        if (anyReaches) {
            row.add(reaches(search));
        }
        Finding finding = search.finding();
        if (finding == null) {
            row.add(Cell.of("ended by " + search.why()));
            return row;
        }
        row.add(Cell.of(Words.format("%,d", finding.exploration().states())));
        row.add(Cell.of(Integer.toString(finding.exploration().depth())));
        row.add(Cell.of(
                finding.exploration().exact()
                        ? "exact"
                        : Words.format("%.0e", finding.exploration().collisionProbability())));
        row.add(Cell.of(Words.reached(finding.points())));
        row.add(Cell.of(Words.reached(finding.edges())));
        row.add(Cell.of(finding.bounds()));
        return row;
    }

    private static Cell verdict(Search search, Property wanted) {
        for (Judged judged : search.judged()) {
            switch (judged.expectation()) {
                case Expectation.OfProperty(var threat, var platform, Property property, var outcome) -> {
                    if (property == wanted) {
                        return new Cell(found(search.finding(), property), judged.judgement() == Judgement.UNMET);
                    }
                }
                case Expectation.Reaches reaches -> {}
            }
        }
        return Cell.of("-");
    }

    private static String found(@Nullable Finding finding, Property property) {
        Verdict verdict = finding == null ? null : finding.verdicts().get(property);
        return switch (verdict) {
            case null -> "inconclusive";
            case Verdict.Violated(Trace trace, String hurt) ->
                Words.format("violated in %,d", trace.steps().size());
            case Verdict.Safe safe -> safe.printed();
            case Verdict.Inconclusive inconclusive -> inconclusive.printed();
            case Verdict.Vacuous vacuous -> vacuous.printed();
        };
    }

    private static Cell reaches(Search search) {
        List<Judged> rows = search.judged().stream()
                .filter(one -> one.expectation() instanceof Expectation.Reaches)
                .toList();
        if (rows.isEmpty()) {
            return Cell.of("-");
        }
        long met = rows.stream().filter(one -> one.judgement() == Judgement.MET).count();
        boolean wrong = rows.stream().anyMatch(one -> one.judgement() == Judgement.UNMET);
        return new Cell(met + "/" + rows.size(), wrong);
    }

    private List<String> align(List<List<Cell>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<Cell> row : rows) {
            for (int c = 0; c < row.size(); c++) {
                widths[c] = Math.max(widths[c], plain(row.get(c)).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<Cell> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < row.size(); c++) {
                String text = plain(row.get(c));
                line.append(c == 0 ? "" : "  ").append(row.get(c).wrong() ? paint.bad(text) : text);
                if (c < row.size() - 1) {
                    line.append(" ".repeat(widths[c] - text.length()));
                }
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String plain(Cell cell) {
        return cell.wrong() ? cell.text() + MARK : cell.text();
    }
}
