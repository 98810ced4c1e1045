package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.judge.Interrupt;

/** Every command that README.md and docs show in a {@code console} block prints what is shown below it. */
class DocumentationTest {
    private static final Path ROOT = Session.repository();

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        if (Files.isDirectory(ROOT.resolve("docs"))) {
            try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
            }
        }
        return documents;
    }

    @TestFactory
    Stream<DynamicTest> everyCommandPrintsWhatIsShown() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path document : documents()) {
            String name = ROOT.relativize(document).toString();
            for (ConsoleBlock block : ConsoleBlock.in(name, Files.readString(document))) {
                tests.add(DynamicTest.dynamicTest(name + ":" + block.line(), () -> holds(block)));
            }
        }
        return tests.stream();
    }

    /** A line of progress, which a command prints when it takes more than a second, as it does on a slow machine. */
    private static final String PROGRESS =
            "(?m)^(.*: [0-9,]+ states, [0-9,]+/s, depth [0-9,]+, queue [0-9,]+, .*|([a-z]+ (bring-up|life|firmware)|plan): .*, [0-9]+ s"
                    + "|\\S+ \\S+ \\S+: [a-z ]+, [0-9]+ s)\\R";

    private static void holds(ConsoleBlock block) {
        int status = 0;
        for (ConsoleBlock.Exchange exchange : block.exchanges()) {
            String place = "%s:%d: $ %s".formatted(block.file(), exchange.line(), exchange.command());
            String printed;
            if (exchange.command().equals("echo $?")) {
                printed = status + "\n";
            } else {
                List<String> words = new ArrayList<>(ConsoleBlock.words(exchange.command()));
                if (words.isEmpty() || !words.removeFirst().equals("./ringfence")) {
                    fail(place + " is neither ./ringfence nor 'echo $?'; show it in a block of another kind");
                }
                ByteArrayOutputStream both = new ByteArrayOutputStream();
                try (PrintStream stream = new PrintStream(both, true, StandardCharsets.UTF_8)) {
                    Session session = new Session(ROOT, Registry::found, Map.of(), false, new Interrupt());
                    status = session.run(stream, stream, words.toArray(String[]::new));
                }
                printed = both.toString(StandardCharsets.UTF_8).replaceAll(PROGRESS, "");
            }
            assertThat(ConsoleBlock.matches(exchange.expected(), printed))
                    .as("%s should print%n%s%nand printed%n%s", place, String.join("\n", exchange.expected()), printed)
                    .isTrue();
        }
    }

    @Test
    void theRunnerTellsRightFromWrong() {
        List<ConsoleBlock> blocks = ConsoleBlock.in("x.md", """
                ```console
                $ ./ringfence check 'a b' "c"
                one  0.3 s
                ...
                last ... word

                $ echo $?
                0
                ```
                ```sh
                $ not this
                ```
                """);
        assertThat(blocks).hasSize(1);
        ConsoleBlock.Exchange first = blocks.getFirst().exchanges().getFirst();
        assertThat(ConsoleBlock.words(first.command())).containsExactly("./ringfence", "check", "a b", "c");
        assertThat(blocks.getFirst().exchanges()).hasSize(2);
        assertThat(ConsoleBlock.matches(first.expected(), "one  12.5 s\nlast and final word\n")).isTrue();
        assertThat(ConsoleBlock.matches(first.expected(), "one  12.5 s\nx\ny\nlast and final word\n")).isTrue();
        assertThat(ConsoleBlock.matches(first.expected(), "two  12.5 s\nlast and final word\n")).isFalse();
        assertThat(ConsoleBlock.matches(first.expected(), "one  12.5 s\nlast and final word\nmore\n")).isFalse();
        assertThat(ConsoleBlock.matches(List.of(), "")).isTrue();
        assertThat(ConsoleBlock.matches(List.of(), "x\n")).isFalse();
    }
}
