package org.ringfence.cli.judge;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Defect;
import org.ringfence.checker.check.Finding;
import org.ringfence.cli.casefile.CaseFile;
import org.ringfence.cli.casefile.Problem;

/**
 * What came of a case.
 *
 * @param name the case's
 * @param file what sentences call its file
 * @param read the case; null when its file could not be read
 * @param searches in the order in which the case speaks of them
 * @param problem what is wrong with its file; null when nothing
 * @param broken what Ringfence itself did wrong with it; null when nothing
 * @param seconds from beginning to end
 */
public record CaseResult(
        String name,
        String file,
        @Nullable CaseFile read,
        List<Search> searches,
        @Nullable Problem problem,
        @Nullable Broken broken,
        double seconds) {

    /** A defect of Ringfence that a case met; {@code where} is empty or ends with a colon and a space. */
    public record Broken(String where, Throwable thrown) {
        /** It in one sentence. */
        public String sentence() {
            return where + (thrown instanceof Defect ? String.valueOf(thrown.getMessage()) : Defect.sentence(thrown));
        }
    }

    /** What came of the case as a whole, the gravest last. */
    public enum Summary {
        /** Every expectation came out. */
        MET("met"),
        /** Some are not known, none is known not to come out. */
        OPEN("inconclusive"),
        /** At least one did not come out. */
        UNMET("unmet"),
        /** The case cannot be checked. */
        BAD_INPUT("bad-input"),
        /** Ringfence itself is wrong. */
        DEFECT("defect");

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

    /** Of a case that was never searched: its file cannot be read, or reading it threw. */
    public static CaseResult unread(String name, String file, @Nullable Problem problem, @Nullable Broken broken) {
        return new CaseResult(name, file, null, List.of(), problem, broken, 0);
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
        if (broken != null) {
            return Summary.DEFECT;
        }
        if (problem != null) {
            return Summary.BAD_INPUT;
        }
        if (count(Judgement.UNMET) > 0) {
            return Summary.UNMET;
        }
        return count(Judgement.OPEN) > 0 ? Summary.OPEN : Summary.MET;
    }
}
