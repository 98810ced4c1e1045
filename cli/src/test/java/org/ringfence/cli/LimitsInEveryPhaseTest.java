package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

/** A limit or an interrupt ends whatever a check is at, within two seconds, with what was found by then. */
class LimitsInEveryPhaseTest {
    private static final double SOON = 4;

    /** Its host becomes more routines than are learned beforehand: learning alone takes half a minute. */
    static final String LEARNS_LONG = """
            question: Does learning heed the limits?
            asked: a test
            machine: {pages: 64, frames: 64}
            platforms: {tdx: {shared-pages: true}}
            actors:
              - {name: guest, principal: guest, routine: mapgpa-roundtrip}
              - {name: host, principal: host, routine: tdx-host, options: {removal: deferred}}
            expect: [{threat: honest-host, safe: integrity}]
            """;

    /** All of its time goes into the search, and then into judging progress. */
    static final String SEARCHES_LONG = """
            question: Does the search heed the limits?
            asked: a test
            machine: {pages: 6, frames: 8}
            platforms: {tdx: {}}
            actors: [{name: guest, principal: guest, routine: reaccept}]
            expect: [{threat: malicious-host, safe: [injectivity, progress]}]
            """;

    @TempDir
    private Path folder = Path.of("");

    private Session session(Interrupt interrupt) {
        return new Session(folder, Registry::found, Map.of(), false, interrupt);
    }

    @ParameterizedTest
    @CsvSource({"--timeout,1s,the limit on time", "--memory,80m,the limit on memory"})
    void learningHeedsALimit(String option, String limit, String why) throws IOException {
        long begun = System.nanoTime();
        Session.Ran ran = session(new Interrupt()).having("one", LEARNS_LONG)
                .run("check", "--format", "json", option, limit);
        assertThat((System.nanoTime() - begun) / 1e9).isLessThan(option.equals("--timeout") ? SOON : 30);
        assertThat(ran.exit()).as(ran.err()).isEqualTo(3);
        assertThat(search(ran).path("notSearched").asText()).isEqualTo(why + ", while software is learned");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void anInterruptIsHeededWithinTwoSeconds(boolean learns) throws IOException, InterruptedException {
        Interrupt interrupt = new Interrupt();
        long[] asked = {0};
        Thread user = Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(1_500);
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
            asked[0] = System.nanoTime();
            interrupt.request();
        });
        Session.Ran ran = session(interrupt).having("one", learns ? LEARNS_LONG : SEARCHES_LONG)
                .run("check", "--format", "json", "--threads", "1");
        user.join();
        assertThat((System.nanoTime() - asked[0]) / 1e9).isLessThan(2);
        assertThat(ran.exit()).as(ran.err()).isEqualTo(3);
        assertThat(new ObjectMapper().readTree(ran.out()).path("interrupted").asBoolean()).isTrue();
    }

    @Test
    void searchAndProgressShareOneClock() throws IOException {
        long begun = System.nanoTime();
        Session.Ran ran = session(new Interrupt()).having("one", SEARCHES_LONG)
                .run("check", "--format", "json", "--timeout", "2s", "--threads", "1");
        assertThat((System.nanoTime() - begun) / 1e9).isLessThan(SOON);
        assertThat(ran.exit()).as(ran.err()).isEqualTo(3);
        assertThat(search(ran).path("verdicts").valueStream().map(verdict -> verdict.path("limit").asText()))
                .containsExactlyInAnyOrder("the limit on time", "the limit on time, while progress is judged");
    }

    private static JsonNode search(Session.Ran ran) throws IOException {
        return new ObjectMapper().readTree(ran.out()).path("cases").path(0).path("searches").path(0);
    }
}
