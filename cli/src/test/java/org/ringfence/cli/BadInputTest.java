package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.cli.casefile.CaseSchema;
import org.ringfence.cli.toy.Toy;

/** Input that cannot be used is told of in one sentence with its place, and ends with 2. */
class BadInputTest {
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(CaseSchema.print(Toy.registry()));

    @TempDir
    private Path folder = Path.of("");

    /** A row of the table. */
    record Row(String name, String at, boolean schemaToo, String sentence) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() {
        return Session.resource("bad/expected.txt").lines().filter(line -> !line.startsWith("#")).map(line -> {
            String[] columns = line.split(" \\| ", 4);
            return new Row(columns[0].strip(), columns[1].strip(), columns[2].equals("schema"), columns[3]);
        });
    }

    private static Path badFile(String name) {
        return Session.repository().resolve("cli/src/test/resources/bad").resolve(name + ".yaml");
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aBadFileIsRefusedInOneSentenceWithItsPlace(Row row) throws IOException {
        Files.copy(badFile(row.name()), folder.resolve("bad.yaml"));
        Session.Ran ran = Session.in(folder).run("check", "bad.yaml");
        assertThat(ran.err()).isEqualTo("bad.yaml:%s: %s%n".formatted(row.at(), row.sentence()));
        assertThat(ran.out()).isEmpty();
        assertThat(ran.exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theSchemaRefusesWhatASchemaCanRefuse(Row row) throws IOException {
        String text = Files.readString(badFile(row.name()), StandardCharsets.ISO_8859_1);
        if (row.schemaToo()) {
            assertThat(SCHEMA.validate(text.isBlank() || text.startsWith("#") && text.lines().count() == 1
                    ? "null" : text, InputFormat.YAML)).isNotEmpty();
        }
    }

    @Test
    void theTableNamesEveryBadFile() throws IOException {
        try (Stream<Path> files = Files.list(badFile("x").resolveSibling("."))) {
            List<String> names = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".yaml"))
                    .map(name -> name.replace(".yaml", ""))
                    .sorted()
                    .toList();
            assertThat(rows().map(Row::name).sorted().toList()).isEqualTo(names);
        }
    }

    @Test
    void theGoodFileIsGood() {
        assertThat(SCHEMA.validate(Session.resource("good.yaml"), InputFormat.YAML)).isEmpty();
        Session.Ran ran = Session.in(folder).having("good", Session.resource("good.yaml")).run("check");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
    }

    @Test
    void aMissingFileADirectoryAndALargeFileAreRefused() throws IOException {
        Files.createDirectory(folder.resolve("drawer.yaml"));
        Files.write(folder.resolve("large.yaml"), new byte[(1 << 20) + 1]);
        assertThat(Session.in(folder).run("check", "none.yaml"))
                .isEqualTo(new Session.Ran(2, "", "none.yaml: there is no such file\n"));
        assertThat(Session.in(folder).run("check", "drawer.yaml"))
                .isEqualTo(new Session.Ran(
                        2,
                        "",
                        "drawer.yaml: is a directory; name a case file, or a glob such as 'acceptance/*'\n"));
        assertThat(Session.in(folder).run("check", "large.yaml"))
                .isEqualTo(new Session.Ran(
                        2, "", "large.yaml: is larger than the 1 MiB that a case file may have\n"));
    }

    @Test
    void everyBadFileIsToldOfAtOnceAndTheOthersAreChecked() {
        Session.Ran ran = Session.in(folder)
                .having("a", "question: 1")
                .having("b", Session.resource("good.yaml"))
                .having("c", "- x")
                .run("check");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out().lines().map(line -> line.split(" ", 2)[0])).containsExactly("a", "b", "c", "3");
        assertThat(ran.out()).contains("1 of 1 met");
        assertThat(ran.err().lines()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.yaml", "no-such-case", "bad"})
    void theGoodCasesAroundABadOneHaveTheirResults(String bad) throws IOException {
        Session.Ran ran = Session.in(folder)
                .having("one", Session.resource("good.yaml"))
                .having("bad", "question: 1")
                .having("two", Session.resource("good.yaml"))
                .run("check", "--format", "json", "one", bad, "two");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(new ObjectMapper().readTree(ran.out()).path("cases").valueStream()
                .map(one -> one.path("result").asText()))
                .containsExactly("met", "bad-input", "met");
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999999999999", "x", "1.5", "-", "", "\u001B[2J"})
    void aNumberOfAnOptionIsWhole(String text) {
        Session.Ran ran =
                Session.in(folder).having("one", Session.resource("good.yaml")).run("check", "--states", text);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .contains(" is no whole number; allowed are -9223372036854775808 to 9223372036854775807;")
                .doesNotContain("\u001B");
    }

    @Test
    void asManyStatesAsANumberCanSayAreAllowed() {
        Session.Ran ran = Session.in(folder).having("one", Session.resource("good.yaml"))
                .run("check", "--states", Long.toString(Long.MAX_VALUE));
        assertThat(ran.err()).isEmpty();
        assertThat(ran.exit()).isZero();
    }

    @Test
    void whatAUserWritesIsRepeatedOnlyInPart() {
        String much = "9".repeat(5_000);
        Session session = Session.in(folder)
                .having("one", Session.resource("good.yaml").replace("pages: 2", "pages: " + much));
        for (String[] arguments : new String[][] {{"check", "one"}, {"check", much + ".yaml"},
            {"check", "\u001B[2J.yaml"},
            {"check", "--states", much}, {"check", "--memory", much}, {"check", "--timeout", much},
            {"check", "--format", much}, {"check", "--" + much}, {much}}) {
            Session.Ran ran = session.run(arguments);
            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.err().length()).isLessThan(2_200);
            assertThat(ran.err()).doesNotContain("\u001B").hasLineCount(1);
        }
    }

    @Test
    void explainAndListGoOnBehindABadCase() {
        Session session = Session.in(folder)
                .having("one", Session.resource("good.yaml"))
                .having("bad", "question: 1")
                .having("two", Session.resource("good.yaml"));
        Session.Ran explained = session.run("explain", "one", "bad", "none", "two");
        assertThat(explained.exit()).isEqualTo(2);
        assertThat(explained.err().lines()).hasSize(2);
        assertThat(explained.out().lines()).contains("one", "two");
        Session.Ran listed = session.run("list", "one", "bad", "none", "two");
        assertThat(listed.exit()).isEqualTo(2);
        assertThat(listed.err().lines()).hasSize(2);
        assertThat(listed.out().lines()).hasSize(2);
    }

    @Test
    void aMachineTooSmallIsToldOfWithTheRoutineThatNeedsMore() {
        Session.Ran ran = Session.in(folder)
                .having("far", Session.resource("good.yaml").replace("on-loss: shrug", "gpa: 0x5000"))
                .run("check");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .startsWith("cases/far.yaml:10:14: actor 'owner' on desk: ")
                .contains("GPA 0x5000 is beyond the machine's 2 pages of 4K")
                .hasLineCount(1);
        assertThat(ran.out()).contains("cannot be checked");
    }

    @Test
    void aRoutineThatLacksItsPartIsToldOf() {
        Session.Ran ran = Session.in(folder)
                .having("bare", Session.resource("good.yaml").replace("desk", "table"))
                .run("check");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .startsWith("cases/bare.yaml:10:14: actor 'owner' on table: ")
                .contains("the machine has no Drawers")
                .hasLineCount(1);
    }

    @Test
    void aRoutineThatTheCheckerRefusesIsToldOfWithItsLine() {
        Session.Ran ran = Session.in(folder)
                .having("loop", Session.resource("good.yaml").replace("keep-letter", "look-forever")
                        .replace("on-loss: shrug", ""))
                .run("check");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .startsWith("cases/loop.yaml:10:14: actor 'owner' on desk under malicious-host: ")
                .contains("LookForever.java")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "check --frobnicate | ringfence check: unknown option '--frobnicate'; allowed are --checkpoint, --format, --help, --matrix, --memory, --no-symmetry, --platform, --resume, --states, --threads, --threat, --timeout, --trace, --version, --with",
        "--frobnicate | ringfence: unknown option '--frobnicate'; allowed are --help, --version",
        "chek | ringfence: unknown command 'chek'; allowed are check, run, plan, list, explain, schema, random, ablate, compare-kvm",
        " | ringfence: no command is given; allowed are check, run, plan, list, explain, schema, random, ablate, compare-kvm; 'ringfence --help' tells what is allowed",
        "schema more | ringfence schema: 'more' is one argument too many; 'ringfence schema --help' tells what is allowed",
        "check --format xml | ringfence check: invalid value for option '--format': 'xml' is no format; allowed are text, json; 'ringfence check --help' tells what is allowed",
        "check --states many | ringfence check: invalid value for option '--states': 'many' is no whole number; allowed are -9223372036854775808 to 9223372036854775807; 'ringfence check --help' tells what is allowed",
        "check --states 0 | ringfence check: --states is 0; allowed is a whole number from 1; 'ringfence check --help' tells what is allowed",
        "check --threads 0 | ringfence check: --threads is 0; allowed is a whole number from 1 to 1024; 'ringfence check --help' tells what is allowed",
        "check --memory lots | ringfence check: invalid value for option '--memory': 'lots' is no size; allowed is a number of bytes, or one such as 512m or 4g (k, m, g and t), below 8 EiB; 'ringfence check --help' tells what is allowed",
        "check --timeout 5 | ringfence check: invalid value for option '--timeout': '5' is no duration; allowed is a number with a unit, such as 500ms, 30s, 5m or 1h, and at most a year; 'ringfence check --help' tells what is allowed",
        "check --matrix --trace | ringfence check: --matrix goes with neither --trace nor --format json; 'ringfence check --help' tells what is allowed",
        "check --platform sofa | ringfence check: unknown platform 'sofa'; allowed are desk, table; 'ringfence check --help' tells what is allowed",
        "check --threat ghosts | ringfence check: unknown threat model 'ghosts'; allowed are honest-host, retroactive-host, malicious-host, malicious-vmm, malicious-l2, malicious-device, physical, and combinations joined by +; 'ringfence check --help' tells what is allowed",
        "check --threat honest-host | ringfence check: no expectation is on the platforms and under the threat models asked for; 'ringfence check --help' tells what is allowed",
        "check --format | ringfence check: missing required parameter for option '--format' (text|json); 'ringfence check --help' tells what is allowed",
        "check nothing | nothing: there is no such case or file; 'ringfence list' names all cases",
        "check x* | x*: no case has such a name; 'ringfence list' names them all",
        "check [ | [: is no glob; allowed are *, **, ?, [abc] and {a,b}",
        "explain | ringfence explain: missing required parameter: 'CASE'; 'ringfence explain --help' tells what is allowed",
    })
    void badUsageIsToldOfInOneSentence(String row) {
        String[] columns = row.split(" ?\\| ", 2);
        String[] arguments = columns[0].isBlank() ? new String[0] : columns[0].split(" ");
        Session.Ran ran = Session.in(folder).having("good", Session.resource("good.yaml")).run(arguments);
        assertThat(ran.err()).isEqualTo(columns[1] + "\n");
        assertThat(ran.out()).isEmpty();
        assertThat(ran.exit()).isEqualTo(2);
    }
}
