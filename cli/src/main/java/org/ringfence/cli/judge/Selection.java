package org.ringfence.cli.judge;

import java.util.Set;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.ThreatModel;

/**
 * Which expectations are looked at.
 *
 * @param platforms those on one of these; on any when empty
 * @param threats those under one of these; under any when empty
 */
public record Selection(Set<String> platforms, Set<ThreatModel> threats) {
    public Selection {
        platforms = Set.copyOf(platforms);
        threats = Set.copyOf(threats);
    }

    /** Every expectation. */
    public static Selection everything() {
        return new Selection(Set.of(), Set.of());
    }

    /** Whether this one is looked at. */
    public boolean includes(Expectation expectation) {
        return (platforms.isEmpty() || platforms.contains(expectation.platform()))
                && (threats.isEmpty() || threats.contains(expectation.threat()));
    }
}
