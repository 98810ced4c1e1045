package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;
import org.ringfence.cli.judge.Interrupt;

/** No input whatever makes the program throw: it ends with one of its exit statuses and tells why in sentences. */
class AnyInputTest {
    private static final byte[] GOOD = Session.resource("good.yaml").getBytes(StandardCharsets.UTF_8);

    @Property(tries = 80)
    void anyBytesAreJudgedOrRefused(@ForAll @Size(max = 200) byte[] bytes) throws IOException {
        holds(bytes);
    }

    @Example
    void aByteThatIsNoTextHasItsLineAlsoBehindACarriageReturnAlone() throws IOException {
        Path folder = Files.createTempDirectory("any");
        try {
            Files.write(folder.resolve("any.yaml"), new byte[] {'a', '\r', (byte) 0x80});
            Session.Ran ran = new Session(
                    folder, org.ringfence.cli.toy.Toy::registry, java.util.Map.of(), false, new Interrupt())
                    .run("check", "any.yaml");
            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.err()).contains("any.yaml:2:1: byte 0x80 is not UTF-8");
        } finally {
            remove(folder);
        }
    }

    @Property(tries = 80)
    void anyTextOfYamlsOwnCharactersIsJudgedOrRefused(@ForAll("yamlish") String text) throws IOException {
        holds(text.getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 20_000)
    @Tag("soak")
    void veryManyGoodCasesWithAPieceReplacedAreJudgedOrRefused(@ForAll("damaged") byte[] bytes) throws IOException {
        holds(bytes);
    }

    @Property(tries = 150)
    void anyGoodCaseWithAPieceReplacedIsJudgedOrRefused(@ForAll("damaged") byte[] bytes) throws IOException {
        holds(bytes);
    }

    @Property(tries = 60)
    void anyArgumentsAreTakenOrRefused(@ForAll("argumentLists") String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("any");
        try {
            ended(Session.in(folder).having("good", Session.resource("good.yaml")).run(arguments));
        } finally {
            remove(folder);
        }
    }

    @Provide
    Arbitrary<String> yamlish() {
        return Arbitraries.strings().withChars("ab:-{}[]\"'#&*!|>%@`?,0179.~ \n\t\\").ofMaxLength(60);
    }

    @Provide
    Arbitrary<byte[]> damaged() {
        Arbitrary<Integer> begin = Arbitraries.integers().between(0, GOOD.length);
        Arbitrary<Integer> length = Arbitraries.integers().between(0, 20);
        Arbitrary<String> piece = Arbitraries.oneOf(
                yamlish(), Arbitraries.of("", "0x7FFFFFFFFFFFFFFF", "-1", "99999999999", "true", "null", "[]", "{}",
                        "é", "1e9", "'"));
        return Combinators.combine(begin, length, piece).as((from, cut, with) -> {
            String good = new String(GOOD, StandardCharsets.ISO_8859_1);
            return (good.substring(0, from) + with + good.substring(Math.min(GOOD.length, from + cut)))
                    .getBytes(StandardCharsets.UTF_8);
        });
    }

    @Provide
    Arbitrary<String[]> argumentLists() {
        Arbitrary<String> argument = Arbitraries.oneOf(
                Arbitraries.of("check", "list", "explain", "schema", "good", "--format", "json", "--matrix", "--trace",
                        "--states", "--timeout", "--memory", "--threads", "--platform", "--threat", "1", "desk", "--",
                        "cases", "cases/good.yaml", "--help", "--version", "@x", "-x", "", "${sys:user.home}", "\0"),
                Arbitraries.strings().ofMaxLength(8));
        return argument.array(String[].class).ofMaxSize(5).filter(list -> !Arrays.asList(list).contains("--threads"));
    }

    private static void holds(byte[] bytes) throws IOException {
        Path folder = Files.createTempDirectory("any");
        try {
            Files.write(folder.resolve("any.yaml"), bytes);
            Session session = new Session(
                    folder, org.ringfence.cli.toy.Toy::registry, java.util.Map.of(), false, new Interrupt());
            ended(session.run("check", "--states", "2000", "--threads", "1", "any.yaml"));
            ended(session.run("explain", "any.yaml"));
        } finally {
            remove(folder);
        }
    }

    private static void ended(Session.Ran ran) {
        assertThat(ran.exit()).as(ran.err()).isBetween(0, 3);
        assertThat(ran.err()).doesNotContain("\tat ", "Exception", "defect");
        assertThat(ran.out()).doesNotContain("\tat ");
        if (ran.exit() == 2) {
            assertThat(ran.err()).isNotBlank();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path path : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
