package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a script does about a result. A drawer is empty until someone puts a letter in. */
class ScriptStepsTest {
    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "LOOK gpa=0x0, panic: reached                                   | true",
        "LOOK gpa=0x0 -> NOTHING, panic: reached                        | true",
        "LOOK gpa=0x0 -> LETTER, panic: reached                         | false",
        "LOOK gpa=0x0 -> LETTER or NOTHING, panic: reached              | true",
        "LOOK gpa=0x0 -> any, panic: reached                            | true",
        "{do: LOOK gpa=0x0 -> LETTER, else: stop}                       | false",
        "{do: LOOK gpa=0x0 -> LETTER, else: panic}                      | true",
        "PUT gpa=0x0, {do: LOOK gpa=0x0 -> LETTER, else: panic}         | false",
        "{do: LOOK gpa=0x0, repeat: 3}, panic: reached                  | true",
        "{do: [LOOK gpa=0x0, PUT gpa=0x0], repeat: 2}, LOOK gpa=0x0 -> LETTER, panic: reached | true",
        "signal: noon, await: noon, panic: reached                      | true",
    })
    void anActorGoesOnWithTheResultsThatItsStepNames(String steps, boolean panics) {
        assertThat(run(steps, "LOOK gpa=0x0", panics).exit()).as(run(steps, "LOOK gpa=0x0", panics).out()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "await: noon, {do: LOOK gpa=0x0 -> LETTER, else: panic} | PUT gpa=0x0, signal: noon | false",
        "await: noon, {do: LOOK gpa=0x0 -> LETTER, else: panic} | signal: noon, PUT gpa=0x0 | true",
        "{do: LOOK gpa=0x0 -> LETTER, else: retry}              | PUT gpa=0x0               | false",
        "{do: LOOK gpa=0x0 -> LETTER, else: panic}              | PUT gpa=0x0               | true",
    })
    void actorsWaitForEachOther(String steps, String others, boolean panics) {
        assertThat(run(steps, others, panics).exit()).as(run(steps, others, panics).out()).isZero();
    }

    @Test
    void thatAnActorLeavesIsNoResultToGoOnWith() {
        Session.Ran ran = run("LOOK gpa=0x0 -> EXITS", "LOOK gpa=0x0", false);

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .contains("EXITS is no result to go on with: an operation that leaves for the host is asked"
                        + " again, or gets its result, when the host resumes the actor; 'reaches' can name it");
    }

    private Session.Ran run(String steps, String others, boolean panics) {
        return Session.in(folder).having("toys/steps", """
                question: q
                asked: a
                machine: {pages: 2, frames: 2}
                platforms: {desk: {locked: false}}
                actors:
                  - {name: owner, principal: guest, script: [%s]}
                  - {name: other, principal: guest, script: [%s]}
                expect: [{threat: honest-host, %s: availability}]
                """.formatted(steps, others, panics ? "violated" : "safe")).run("check", "toys/steps");
    }
}
