package org.ringfence.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ringfence.checker.check.Checking;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Settings;
import org.ringfence.checker.check.SoftwareCost;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.judge.CaseResult;
import org.ringfence.cli.judge.Judged;
import org.ringfence.cli.judge.Judgement;
import org.ringfence.cli.judge.Search;

/**
 * A table with a row for each platform on which a case is judged with honest hosts: with what operations ended that the
 * case asks about, and what the guest's software costs where nobody disturbs it.
 *
 * @param registry what there is
 * @param settings how software is learned
 */
public record Costs(Registry registry, Settings settings) {

    private static final List<String> HEAD =
            List.of("platform", "ends with", "guest operations", "host operations", "waits for host", "frames");

    /** The table; no lines where there is no such platform. */
    public List<String> lines(CaseResult result) {
        CaseFile file = result.read();
        List<List<String>> rows = new ArrayList<>(List.of(HEAD));
        for (Search search : result.searches()) {
            if (file != null && search.finding() != null && search.threat().toString().equals("honest-host")) {
                cost(file, search).ifPresent(cost -> rows.add(List.of(
                        search.platform(),
                        ends(search),
                        Integer.toString(cost.guest()),
                        Integer.toString(cost.host()),
                        Integer.toString(cost.leaves()),
                        Integer.toString(cost.frames()))));
            }
        }
        return rows.size() == 1 ? List.of() : aligned(rows);
    }

    private Optional<SoftwareCost> cost(CaseFile file, Search search) {
        Platform platform = registry.platform(search.platform()).orElseThrow();
        Checking.Moving moving = Checking.moving(
                file.subject(),
                platform,
                registry.vocabulary(platform).on(file.subject().machine().geometry()),
                search.threat(),
                settings);
        return SoftwareCost.of(moving.model(), moving.machine(), file.subject().machine().pages());
    }

    private static String ends(Search search) {
        String told = search.judged().stream()
                .filter(judged -> judged.judgement() == Judgement.MET)
                .map(Judged::expectation)
                .filter(Expectation.Reaches.class::isInstance)
                .map(Expectation.Reaches.class::cast)
                .filter(reaches -> !reaches.never())
                .map(reaches -> reaches.operation() + (reaches.result().isEmpty() ? "" : " = " + reaches.result()))
                .distinct()
                .collect(Collectors.joining(", "));
        return told.isEmpty() ? "-" : told;
    }

    private static List<String> aligned(List<List<String>> rows) {
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int c = 0; c < row.size(); c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        return rows.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int c = 0; c < row.size(); c++) {
                        line.append(c == 0 ? "" : "  ").append(row.get(c))
                                .append(" ".repeat(widths[c] - row.get(c).length()));
                    }
                    return line.toString().stripTrailing();
                })
                .toList();
    }
}
