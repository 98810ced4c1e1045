package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code check} says of cases, and what it ends with. */
class CheckCommandTest {
    private static final String GOOD = Session.resource("good.yaml");
    private static final String ROW =
            "  - {threat: malicious-host, platform: desk, property: freshness, verdict: violated}\n";
    private static final String ESCAPE = "\u001b[";

    @TempDir
    private Path folder = Path.of("");

    private static String expecting(String rows) {
        return GOOD.replace("expect:\n" + ROW, rows);
    }

    private Session session(String text) {
        return Session.in(folder).having("toys/letter", text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0 | expect: [{threat: malicious-host, violated: freshness}]",
        "0 | expect: [{threat: honest-host, safe: freshness}]",
        "1 | expect: [{threat: malicious-host, safe: freshness}]",
        "1 | expect: [{threat: honest-host, violated: freshness}]",
        "1 | expect: [{threat: honest-host, safe: confidentiality}]",
        "1 | expect: [{threat: honest-host, violated: confidentiality}]",
        "0 | reaches: [{threat: malicious-host, operation: LOOK, result: NOTHING}]",
        "0 | reaches: [{threat: honest-host, operation: LOOK, result: NOTHING, never: true}]",
        "0 | reaches: [{threat: malicious-host, operation: EMPTY}]",
        "1 | reaches: [{threat: honest-host, operation: LOOK, result: NOTHING}]",
        "1 | reaches: [{threat: malicious-host, operation: LOOK, never: true}]",
        "1 | reaches: [{threat: honest-host, operation: EMPTY}]",
    })
    void theExitStatusTellsWhetherEveryExpectationCameOut(int status, String rows) {
        assertThat(session(expecting(rows)).run("check").exit()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "3 | --states 20     | expect: [{threat: malicious-host, safe: integrity}] | the limit on states",
        "3 | --timeout 1ms   | expect: [{threat: malicious-host, safe: integrity}] | the limit on time",
        "3 | --memory 1      | expect: [{threat: malicious-host, safe: integrity}] | the limit on memory",
        "3 | --states 20     | reaches: [{threat: malicious-host, operation: panic, never: true}] | the limit on states",
        "1 | --states 200000 | expect: [{threat: malicious-host, safe: freshness}] | found violated",
    })
    void aLimitIsInconclusiveUnlessSomethingIsRefuted(int status, String limit, String rows, String why) {
        Session.Ran ran = session(expecting(rows).replace("locked: false", "dials: 16"))
                .run(("check --threads 2 " + limit.strip()).split(" "));
        assertThat(ran.exit()).as(ran.out()).isEqualTo(status);
        assertThat(ran.out()).contains(why);
        assertThat(ran.out()).doesNotContain("safe as expected");
    }

    @Test
    void aLineACaseAndALineAtTheEnd() {
        Session.Ran ran = session(GOOD).having("toys/other", GOOD).run("check");
        assertThat(masked(ran.out())).isEqualTo("""
                toys/letter  1 of 1 met            5 states  T s
                toys/other   1 of 1 met            5 states  T s
                2 cases: 2 of 2 expectations met, 10 states, T s
                """);
    }

    @Test
    void anUnmetExpectationShowsWhatWasFoundInstead() {
        Session.Ran ran = session(expecting("""
                expect:
                  - {threat: malicious-host, safe: freshness}
                  - {threat: honest-host, safe: confidentiality}
                reaches:
                  - {threat: honest-host, operation: LOOK, result: NOTHING}
                  - {threat: honest-host, operation: EMPTY}
                """)).having("toys/other", GOOD).run("check");
        assertThat(masked(ran.out())).isEqualTo(
                """
                        toys/letter  0 of 4 met            8 states  T s  4 NOT MET
                          desk under malicious-host
                            within 2 pages, 2 frames, 1 actor with software: all 5 states, 13 transitions, depth 3, exact; reached 3 of 3 points and 3 of 3 edges of the software
                            freshness safe was expected, NOT MET: found violated
                              1. owner  PUT gpa=0x0 = DONE
                                          drawer page 0 content: nothing -> a letter
                                          at KeepLetter.run(KeepLetter.java:20)
                              2. host   EMPTY page=0
                                          drawer page 0 content: a letter -> nothing
                              3. owner  LOOK gpa=0x0 = NOTHING
                                          at KeepLetter.run(KeepLetter.java:23)
                              freshness is broken after step 3: a private read returned something else than the latest value put at that page
                              it shows at: LOOK gpa=0x0
                              the state then:
                                drawer page 0: content nothing
                                drawer page 1: content nothing
                          desk under honest-host
                            within 2 pages, 2 frames, 1 actor with software: all 3 states, 2 transitions, depth 2, exact; reached 3 of 3 points and 2 of 3 edges of the software
                            confidentiality safe was expected, NOT MET: found vacuous
                              nothing ever put it to the test
                            reaches LOOK with 'NOTHING' was expected, NOT MET: found not reached
                              LOOK ended with: LETTER (a letter)
                            reaches EMPTY was expected, NOT MET: found not reached
                              EMPTY was never reached; these were: LOOK, PUT
                        toys/other   1 of 1 met            5 states  T s
                        2 cases: 1 of 5 expectations met, 4 NOT MET, 13 states, T s
                        """);
        assertThat(ran.exit()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "operation: SHOUT                  | 38 | unknown operation 'SHOUT' on desk; allowed are panic, PUT, LOOK, EMPTY, TURN, signal, await, compromise, choose, question",
        "operation: LOOKS                  | 38 | unknown operation 'LOOKS' on desk; close are LOOK",
        "operation: LOOK, result: LETTERS  | 52 | LOOK never ends with 'LETTERS' on desk; it ends with NOTHING, LETTER, EXITS or CALLS",
    })
    void whatCanNeverBeReachedIsRefusedThoughItMustNeverBe(String row, int column, String sentence) {
        Session.Ran ran = session(expecting("""
                reaches:
                  - {threat: honest-host, %s, never: true}
                """.formatted(row))).run("check");

        assertThat(ran.err()).endsWith(":%d: %s%n".formatted(column, sentence));
        assertThat(ran.exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "honest-host    | 0x0      | TDG.VP.VMCALL<MapGPA> to=shared gpa=0x0 size=0x1000 = 0x0",
        "malicious-host | anything | TDG.VP.VMCALL<MapGPA> to=shared gpa=0x0 size=0x1000 = anything (for example 0x",
    })
    void anAnswerIsCalledInATraceAsReachesCallsIt(String threat, String result, String printed) {
        Session.Ran ran = Session.onPlatforms(folder).having("a", """
                question: What does the host answer?
                asked: a test
                machine: {pages: 1, frames: 2}
                platforms: {tdx: {shared-pages: true}}
                actors:
                  - {name: guest, principal: guest, routine: mapgpa-roundtrip}
                  - {name: host, principal: host, routine: tdx-host}
                reaches:
                  - {threat: %s, operation: TDG.VP.VMCALL<MapGPA>, result: '%s', never: true}
                """.formatted(threat, result)).run("check");

        assertThat(ran.out()).contains(printed);
    }

    @Test
    void whatMustNeverBeReachedAndIsHasATrace() {
        Session.Ran ran = session(expecting("""
                reaches:
                  - {threat: malicious-host, operation: LOOK, result: NOTHING, never: true}
                  - {threat: malicious-host, operation: EMPTY, never: true}
                """)).run("check");
        assertThat(ran.out()).contains(
                """
                            never reaches LOOK with 'NOTHING' was expected, NOT MET: found reached
                              LOOK ended with: LETTER (a letter), NOTHING
                              1. owner  PUT gpa=0x0 = DONE
                                          drawer page 0 content: nothing -> a letter
                                          at KeepLetter.run(KeepLetter.java:20)
                              2. host   EMPTY page=0
                                          drawer page 0 content: a letter -> nothing
                              3. owner  LOOK gpa=0x0 = NOTHING
                                          at KeepLetter.run(KeepLetter.java:23)
                              LOOK is reached after step 3, and never should be
                              the state then:
                                drawer page 0: content nothing
                                drawer page 1: content nothing
                            never reaches EMPTY was expected, NOT MET: found reached
                              EMPTY ended with: (no result)
                              1. host  EMPTY page=0
                              EMPTY is reached after step 1, and never should be
                        """);
        assertThat(ran.exit()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "honest-host    | panic               | TDX_PAGE_ALREADY_ACCEPTED | panic",
        "malicious-host | TDG.MEM.PAGE.ACCEPT | EXITS                     | TDG.MEM.PAGE.ACCEPT rcx=0x0 = EXITS",
        "malicious-host | TDG.MEM.PAGE.ACCEPT | TDX_SUCCESS               | TDG.MEM.PAGE.ACCEPT rcx=0x0 = TDX_SUCCESS",
    })
    void aPanicAnExitAndAResultThatMustNeverBeReachedHaveATraceThatEndsWithThem(
            String threat, String operation, String result, String last) {
        Session.Ran ran = Session.onPlatforms(folder).having("a", """
                question: What is reached?
                asked: a test
                machine: {pages: 1, frames: 2}
                platforms: {tdx: {}}
                actors:
                  - {name: guest, principal: guest, routine: reaccept, options: {policy: linux}}
                  - {name: host, principal: host, routine: tdx-host}
                reaches:
                  - {threat: %s, operation: %s, result: %s, never: true}
                """.formatted(threat, operation, result)).run("check");
        assertThat(ran.exit()).isEqualTo(1);
        List<String> lines = ran.out().lines().map(String::strip).toList();
        int end = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith(operation + " is reached after step "))
                .findFirst()
                .orElseThrow());
        int step = Integer.parseInt(lines.get(end).replaceAll("\\D*(\\d+), and never should be", "$1"));
        assertThat(lines.subList(0, end).stream().filter(line -> line.startsWith(step + ". ")))
                .singleElement()
                .asString()
                .contains("guest  " + last);
    }

    @Test
    void aCaseNamedAloneTellsEverythingAndSafeItsBounds() {
        Session session = session(expecting("""
                expect:
                  - {threat: honest-host, safe: [freshness, progress]}
                """)).having("toys/other", GOOD);
        String everything = session.run("check", "toys/letter").out();
        assertThat(everything)
                .contains("  desk under honest-host\n    within 2 pages, 2 frames, 1 actor with software: all 3 states")
                .contains("    freshness safe, as expected\n    progress safe, as expected\n");
        assertThat(session.run("check", "toys/other").out()).contains("1. owner  PUT gpa=0x0 = DONE");
        assertThat(session.run("check").out()).doesNotContain("PUT", "within");
        assertThat(session.run("check", "--trace").out()).contains("PUT", "within");
    }

    @Test
    void onlyThePlatformAndTheThreatModelAskedForAreChecked() {
        Session session = session(expecting("""
                expect:
                  - {threat: malicious-host, violated: freshness}
                  - {threat: [honest-host, retroactive-host], safe: freshness}
                """));
        assertThat(session.run("check").out()).contains("3 of 3 expectations");
        assertThat(session.run("check", "--threat", "malicious-host").out()).contains("1 of 1 expectation ");
        assertThat(session.run("check", "--threat", "honest-host,retroactive-host").out()).contains("2 of 2");
        assertThat(session.run("check", "--platform", "desk").out()).contains("3 of 3");
        assertThat(session.run("check", "--platform", "table").exit()).isEqualTo(2);
    }

    @Test
    void theMatrixHasARowForEachSearchAndAColumnForEachProperty() {
        Session.Ran ran = session(expecting("""
                expect:
                  - {threat: malicious-host, safe: freshness}
                  - {threat: honest-host, safe: freshness, violated: availability}
                reaches:
                  - {threat: honest-host, operation: LOOK}
                """)).run("check", "--matrix");
        assertThat(ran.out().lines().filter(line -> line.startsWith("toys/letter  ") || line.startsWith("case")))
                .containsExactly(
                        "case         platform  threat          freshness       availability  reaches  states  depth  exactness  points  edges  within",
                        "toys/letter  desk      malicious-host  violated in 3!  -             -        5       3      exact      3/3     3/3    2 pages, 2 frames, 1 actor with software",
                        "toys/letter  desk      honest-host     safe            safe!         1/1      3       2      exact      3/3     2/3    2 pages, 2 frames, 1 actor with software");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @Test
    void colourIsForTerminalsAndNeverWithNoColor() {
        Session plain = session(GOOD);
        assertThat(plain.run("check").out()).doesNotContain(ESCAPE);
        assertThat(plain.onTerminal(Map.of()).run("check").out()).contains(ESCAPE);
        assertThat(plain.onTerminal(Map.of("NO_COLOR", "1")).run("check").out()).doesNotContain(ESCAPE);
        assertThat(plain.onTerminal(Map.of("NO_COLOR", "")).run("check").out()).contains(ESCAPE);
        assertThat(plain.onTerminal(Map.of("TERM", "dumb")).run("check").out()).doesNotContain(ESCAPE);
    }

    @Test
    void anInterruptKeepsWhatWasFoundAndIsInconclusive() {
        Session session = session(GOOD).having("toys/never", GOOD);
        session.interrupt().request();
        Session.Ran ran = session.run("check");
        assertThat(masked(ran.out())).isEqualTo("0 cases: 0 of 0 expectations met, 0 states, T s\n");
        assertThat(ran.exit()).isEqualTo(3);
    }

    @Test
    void anInterruptDuringASearchLeavesItsExpectationsOpen() throws InterruptedException {
        Session session = session(expecting("expect: [{threat: malicious-host, safe: integrity}]\n")
                .replace("locked: false", "dials: 16"));
        Thread user = Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(1_500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            session.interrupt().request();
        });
        Session.Ran ran = session.run("check", "--threads", "1");
        user.join();
        assertThat(ran.out()).contains("1 not known (an interrupt)");
        assertThat(ran.err()).matches(
                "(?s)toys/letter desk malicious-host: [0-9,]+ states, [0-9,]+/s, depth \\d+, queue [0-9,]+, 1 s\n");
        assertThat(ran.exit()).isEqualTo(3);
    }

    @Test
    void aClosedPipeEndsTheRunQuietly() {
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws java.io.IOException {
                throw new java.io.IOException("Broken pipe");
            }
        };
        Session session = session(GOOD).having("toys/never", GOOD);
        java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
        int exit;
        try (PrintStream out = new PrintStream(closed, false, StandardCharsets.UTF_8);
                PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            exit = session.run(out, errors, "check");
        }
        assertThat(exit).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aDefectIsOneSentenceAndOnlyWithDebugItsStack() {
        Session broken = new Session(
                folder,
                () -> {
                    throw new IllegalStateException("the registry\nis gone");
                },
                Map.of(),
                false,
                new org.ringfence.cli.judge.Interrupt());
        Session.Ran ran = broken.run("list");
        assertThat(ran.exit()).isEqualTo(70);
        assertThat(ran.err()).isEqualTo("ringfence: a defect of Ringfence itself, please report it: "
                + "IllegalStateException: the registry is gone (RINGFENCE_DEBUG=1 shows where)\n");
        assertThat(broken.with(Map.of("RINGFENCE_DEBUG", "1")).run("list").err()).contains("\tat ");
    }

    @Test
    void helpAndVersionNeedNothing() {
        Session nothing = new Session(
                folder,
                () -> {
                    throw new IllegalStateException("loaded");
                },
                Map.of(),
                false,
                new org.ringfence.cli.judge.Interrupt());
        for (String command : new String[] {"check", "list", "explain", "schema"}) {
            assertThat(nothing.run(command, "--help").exit()).isZero();
            assertThat(nothing.run(command, "--help").out()).startsWith("Usage: ringfence " + command);
            assertThat(nothing.run(command, "--version").out()).startsWith("ringfence ");
        }
        assertThat(nothing.run("--help").exit()).isZero();
        assertThat(nothing.run("--version").out()).startsWith("ringfence ");
    }

    @Test
    void listNamesCasesWithTheirQuestions() {
        Session.Ran ran = session(GOOD).having("a", GOOD.replace("Is the letter", "Is a letter")).run("list");
        assertThat(ran.out()).isEqualTo("""
                a            Is a letter still there?
                toys/letter  Is the letter still there?
                """);
    }

    @Test
    void explainTellsWhatACaseIsAboutAndWhatItsOptionsAllow() {
        Session.Ran ran = session(GOOD.replace("expect:", """
                note: |
                  First.
                  Second.
                reaches:
                  - {threat: honest-host, operation: LOOK, result: NOTHING, never: true}
                expect:""")).run("explain", "toys/letter");
        assertThat(ran.out()).isEqualTo("""
                toys/letter
                  Is the letter still there?
                  asked: a test
                  First.
                  Second.

                machine: 2 pages, 2 frames, no large pages

                platforms
                  desk
                    locked = false  allowed: true, false; by default false
                    dials = 0       allowed: a whole number; by default 0
                    wood = oak      allowed: oak, red-pine; by default oak

                actors
                  owner: guest software, runs keep-letter
                    puts a letter into a drawer and looks for it
                    gpa = 0          allowed: a whole number; by default 0
                    on-loss = shrug  allowed: shrug, panic-at-once; by default shrug
                    looks = 1        allowed: a whole number; by default 1
                    put = true       allowed: true, false; by default true
                    label =          allowed: a text; by default\s

                expectations
                  desk under malicious-host: freshness violated
                  desk under honest-host: never reaches LOOK with 'NOTHING'
                """);
    }

    private static String masked(String text) {
        return text.replaceAll("states +[0-9]+\\.[0-9] s", "states  T s").replaceAll(", [0-9]+\\.[0-9] s", ", T s");
    }
}
