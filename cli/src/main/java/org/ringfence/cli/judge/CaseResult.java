package org.ringfence.cli.judge;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Finding;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.Problem;

/**
 * What came of a case.
 *
 * @param searches in the order in which the case speaks of them
 * @param problem what only checking showed to be wrong with its file; null when nothing
 * @param seconds from beginning to end
 */
public record CaseResult(CaseFile file, List<Search> searches, @Nullable Problem problem, double seconds) {

    /** What came of the case as a whole, the gravest last. */
    public enum Summary {
        /** Every expectation came out. */
        MET("met"),
        /** Some are not known, none is known not to come out. */
        OPEN("inconclusive"),
        /** At least one did not come out. */
        UNMET("unmet"),
        /** The case cannot be checked. */
        BAD_INPUT("bad-input");

        private final String printed;

        Summary(String printed) {
            this.printed = printed;
        }

        /** The name in reports. */
        public String printed() {
            return printed;
        }
    }

    public CaseResult {
        searches = List.copyOf(searches);
    }

    /** Every expectation that was looked at. */
    public Stream<Judged> judged() {
        return searches.stream().flatMap(search -> search.judged().stream());
    }

    /** How many expectations were judged so. */
    public int count(Judgement judgement) {
        return (int) judged().filter(one -> one.judgement() == judgement).count();
    }

    /** Distinct states of all its searches together. */
    public long states() {
        return searches.stream()
                .map(Search::finding)
                .filter(Objects::nonNull)
                .map(Finding::exploration)
                .mapToLong(exploration -> exploration.states())
                .sum();
    }

    /** What came of the case as a whole. */
    public Summary summary() {
        if (problem != null) {
            return Summary.BAD_INPUT;
        }
        if (count(Judgement.UNMET) > 0) {
            return Summary.UNMET;
        }
        return count(Judgement.OPEN) > 0 ? Summary.OPEN : Summary.MET;
    }
}
