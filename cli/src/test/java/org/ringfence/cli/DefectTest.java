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
import org.ringfence.cli.broken.BrokenPlatform;
import org.ringfence.cli.judge.Interrupt;

/**
 * A defect of Ringfence ends the search that meets it, with a sentence and 70 and without a verdict; no other case
 * suffers.
 */
class DefectTest {
    @TempDir
    private Path folder = Path.of("");

    private static String writing(String place, int board, int value, String threat) {
        return """
                question: Does the write keep to its field?
                asked: a test
                machine: {pages: 1, frames: 2}
                platforms: {broken: {}}
                actors: [{name: owner, principal: guest, routine: write, options: {place: %s, board: %d, value: %d}}]
                expect: [{threat: %s, safe: freshness}]
                """.formatted(place, board, value, threat);
    }

    private Session session() {
        return new Session(folder, BrokenPlatform::registry, Map.of(), false, new Interrupt());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "counter | 2 | 5 | shelf board 2 counter cannot hold 5; allowed is 0 to 4",
        "counter | 1 | -1 | shelf board 1 counter cannot hold -1; allowed is 0 to 4",
        "counter | 0 | 2147483647 | shelf board 0 counter cannot hold 2147483647; allowed is 0 to 4",
        "colour | 1 | 3 | shelf board 1 colour (ULTRAVIOLET) cannot hold 3; allowed is 0 to 2",
        "frame | 2 | 2 | shelf board 2 frame cannot hold 2; allowed is -1 to 1",
        "frame | 0 | -2 | shelf board 0 frame cannot hold -2; allowed is -1 to 1",
        "set | 0 | 32 | shelf board 0 set cannot hold 0x20; its bits are 0x1F",
        "member | 1 | 5 | shelf board 1 set cannot hold 5; allowed is 0 to 4",
        "removed | 2 | 64 | shelf board 2 set cannot hold 64; allowed is 0 to 4",
        "frames | 0 | 2 | shelf board 0 frames cannot hold 2; allowed is 0 to 1",
        "entry | 0 | 3 | shelf after has no entry 3; allowed is 0 to 2",
        "entry | 0 | -1 | shelf after has no entry -1; allowed is 0 to 2",
        "counter | 3 | 1 | shelf counter has no entry 3; allowed is 0 to 2"})
    void aValueOutOfRangeEndsTheSearchWithItsOperationFieldAndValue(
            String place, int board, int value, String sentence) {
        Session.Ran ran = session().having("one", writing(place, board, value, "honest-host")).run("check", "one");
        assertThat(ran.err())
                .isEqualTo("ringfence: a defect of Ringfence itself, please report it: one broken honest-host: "
                        + "WRITE place=%s board=%d value=%d by owner: OutOfRange: %s (RINGFENCE_DEBUG=1 shows where)%n"
                                .formatted(place, board, value, sentence));
        assertThat(ran.exit()).isEqualTo(70);
        assertThat(ran.out()).contains("a defect of Ringfence").doesNotContain(", as expected");
    }

    @ParameterizedTest
    @CsvSource({"counter,0,4", "counter,2,0", "colour,1,2", "frame,0,-1", "frame,2,1", "set,1,31", "member,0,4",
        "removed,0,0", "frames,1,1", "entry,0,2"})
    void theLastValueInRangeIsStored(String place, int board, int value) {
        Session.Ran ran = session().having("one", writing(place, board, value, "honest-host")).run("check", "one");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
    }

    @Test
    void anUntrustedPrincipalsOperationIsNamedWithItsArguments() {
        Session.Ran ran = session().having("one", writing("counter", 1, 1, "malicious-host")).run("check", "one");
        assertThat(ran.err()).contains(
                "one broken malicious-host: WRITE place=frame board=1 value=2 by host: OutOfRange: shelf board 1 frame cannot hold 2;");
        assertThat(ran.exit()).isEqualTo(70);
    }

    @Test
    void anythingElseThatAnOperationThrowsIsADefectToo() {
        Session.Ran ran = session().having("one", writing("counter", -1, 1, "honest-host")).run("check", "one");
        assertThat(ran.err())
                .contains(
                        "WRITE place=counter board=-1 value=1 by owner: IllegalStateException: there is no such board");
        assertThat(ran.exit()).isEqualTo(70);
    }

    @Test
    void debuggingShowsWhere() {
        Session.Ran ran = session().with(Map.of("RINGFENCE_DEBUG", "1"))
                .having("one", writing("counter", 0, 5, "honest-host"))
                .run("check", "one");
        assertThat(ran.err()).contains("\tat org.ringfence.cli.broken.Shelf.write");
    }

    @Test
    void theOtherCasesAreCheckedAndTheirResultsTold() throws IOException {
        Session.Ran ran = session()
                .having("a", writing("counter", 0, 1, "honest-host"))
                .having("b", writing("frame", 0, 7, "honest-host"))
                .having("c", "question: 1")
                .having("d", writing("counter", 0, 2, "honest-host"))
                .run("check", "--format", "json");
        JsonNode root = new ObjectMapper().readTree(ran.out());
        assertThat(ran.exit()).isEqualTo(70);
        assertThat(root.path("exit").asInt()).isEqualTo(70);
        assertThat(root.path("cases").valueStream().map(one -> one.path("result").asText()))
                .containsExactly("met", "defect", "bad-input", "met");
        JsonNode broken = root.path("cases").path(1);
        assertThat(broken.path("defect").asText()).contains("shelf board 0 frame cannot hold 7");
        assertThat(broken.path("searches").path(0).path("notSearched").asText()).isEqualTo("a defect of Ringfence");
        assertThat(broken.path("searches").path(0).path("verdicts").path(0).path("verdict").asText())
                .isEqualTo("inconclusive");
    }

    @Test
    void theMatrixHasARowForEachOfThem() {
        Session.Ran ran = session()
                .having("a", writing("counter", 0, 1, "honest-host"))
                .having("b", writing("frame", 0, 7, "honest-host"))
                .having("c", "question: 1")
                .run("check", "--matrix");
        assertThat(ran.out().lines().filter(line -> line.startsWith("a "))).singleElement().asString().contains("safe");
        assertThat(ran.out().lines().filter(line -> line.startsWith("b "))).singleElement().asString()
                .contains("ended by a defect of Ringfence");
        assertThat(ran.out().lines().filter(line -> line.startsWith("c "))).singleElement().asString()
                .contains("bad-input!");
    }
}
