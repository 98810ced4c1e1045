package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code check --matrix} tells of one case's costs. */
class CostsTest {
    @Test
    void whatLendingAPageCostsIsToldForEachPlatform() {
        Session.Ran ran = Session.onPlatforms(Session.repository())
                .run("check", "private-memory/share-and-take-back", "--matrix");
        List<String> lines = ran.out().lines().dropWhile(line -> !line.startsWith("platform  ends with")).toList();
        assertThat(lines.subList(0, 7)).as(ran.out()).containsExactly(
                "platform  ends with    guest operations  host operations  waits for host  frames",
                "sev       look = JUNK  9                 0                0               1",
                "snp       look = ZERO  14                26               3               1",
                "tdx       look = ZERO  13                22               4               1",
                "cca       look = ZERO  11                35               4               1",
                "pkvm      look = HOST  11                0                0               1",
                "s390      look = HOST  11                0                0               1");
    }

    @Test
    void severalCasesHaveNoCosts() {
        Session.Ran ran = Session.onPlatforms(Session.repository())
                .run("check", "private-memory/populate-td*", "--matrix");
        assertThat(ran.out()).doesNotContain("guest operations");
    }
}
