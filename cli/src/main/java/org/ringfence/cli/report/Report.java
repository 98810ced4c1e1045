package org.ringfence.cli.report;

import java.util.List;
import org.ringfence.cli.judge.CaseResult;

/** Someone who tells of cases as they are checked. */
public interface Report {
    /** A case was checked. */
    void finished(CaseResult result);

    /** Every case was checked, or an interrupt came first. */
    void end(Run run);

    /**
     * A whole run.
     *
     * @param results in the order of checking
     * @param cases how many were to be checked
     * @param interrupted whether an interrupt came first
     * @param seconds from beginning to end
     * @param exit the exit status it ends with
     */
    record Run(List<CaseResult> results, int cases, boolean interrupted, double seconds, int exit) {
        public Run {
            results = List.copyOf(results);
        }
    }
}
