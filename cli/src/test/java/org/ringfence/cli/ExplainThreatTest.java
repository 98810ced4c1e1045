package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.ThreatModel;

/** What explain tells of threat models. */
class ExplainThreatTest {

    @ParameterizedTest
    @MethodSource("names")
    void eachIsToldInThreeSentences(String name) {
        ThreatModel.Row row = ThreatModel.parse(name).rows().getFirst();
        assertThat(row.assumes().split("\\. ", -1)).as(row.assumes()).hasSize(3);
        assertThat(row.assumes()).endsWith(".");
    }

    static Iterable<String> names() {
        return ThreatModel.names();
    }

    @Test
    void aCombinationNamesEachOfItsParts() {
        assertThat(ThreatModel.find("malicious-host+malicious-device")).isPresent();
        assertThat(ThreatModel.find("honest-host+malicious-host")).isEmpty();
        assertThat(ThreatModel.find("dma/second-event-runs-last")).isEmpty();
    }
}
