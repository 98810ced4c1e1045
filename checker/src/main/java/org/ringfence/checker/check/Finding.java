package org.ringfence.checker.check;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.checker.run.Trace;
import org.ringfence.machine.operation.Property;

/**
 * What one search found: one case, on one platform, under one threat model; all properties at once.
 *
 * @param verdicts of the properties asked about
 * @param covered operations with the results they ended with
 * @param ways to what must never be reached and is
 * @param points of all actors' software, and how many of them were reached
 * @param edges likewise
 * @param bounds the machine's size and actors in words: what a verdict of safe is bounded by
 * @param notes what else a reader of the verdict should know: software learned lazily, symmetry refused
 */
public record Finding(
        String platform,
        ThreatModel threat,
        Exploration exploration,
        Map<Property, Verdict> verdicts,
        Set<Covered> covered,
        Map<Expectation.Reaches, Trace> ways,
        Reached points,
        Reached edges,
        String bounds,
        List<String> notes) {

    /** How many of some things were reached. */
    public record Reached(int reached, int all) {}

    public Finding {
        ways = Map.copyOf(ways);
        notes = List.copyOf(notes);
    }

    /** The same, with these notes. */
    public Finding noting(List<String> others) {
        return new Finding(
                platform, threat, exploration, verdicts, covered, ways, points, edges, bounds, others);
    }

    /** Whether an expectation about this platform and threat model is met. */
    public boolean meets(Expectation expectation) {
        return switch (expectation) {
            case Expectation.OfProperty(var threatModel, var on, Property property, Expectation.Outcome outcome) -> {
                Verdict verdict = verdicts.get(property);
                yield switch (outcome) {
                    case SAFE -> verdict instanceof Verdict.Safe;
                    case VIOLATED -> verdict instanceof Verdict.Violated;
                };
            }
            case Expectation.Reaches reaches ->
                isReached(reaches) != reaches.never()
                        && (!reaches.never() || exploration.stop() == Exploration.Stop.EXHAUSTED);
        };
    }

    /** Whether an expectation is neither met nor refuted, because the search did not end. */
    public boolean leavesOpen(Expectation expectation) {
        return switch (expectation) {
            case Expectation.OfProperty(var threatModel, var on, Property property, var outcome) ->
                verdicts.get(property) instanceof Verdict.Inconclusive;
            case Expectation.Reaches reaches -> !isReached(reaches) && exploration.stop() != Exploration.Stop.EXHAUSTED;
        };
    }

    private boolean isReached(Expectation.Reaches expected) {
        return covered.stream().anyMatch(expected::isAbout);
    }
}
