package org.ringfence.cli.judge;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.ThreatModel;

/**
 * What came of one platform and one threat model of a case.
 *
 * @param finding null when there is none
 * @param why there is none; empty when there is one
 */
public record Search(
        String platform, ThreatModel threat, List<Judged> judged, @Nullable Finding finding, String why) {
    public Search {
        judged = List.copyOf(judged);
    }
}
