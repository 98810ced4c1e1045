package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/fidelity.md names exists: each row names tests or cases that hold it. */
class FidelityTest {
    private static final Path ROOT = Session.repository();
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    private static List<String> rows() throws IOException {
        try (Stream<String> lines = Files.lines(ROOT.resolve("docs/fidelity.md"))) {
            return lines.filter(line -> line.startsWith("| ") && !line.startsWith("| what holds")).toList();
        }
    }

    private static Map<String, Path> testsByName() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith("Test.java"))
                    .filter(file -> file.toString().contains("/src/test/java/"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""), Function.identity(),
                            (one, _) -> one));
        }
    }

    @Test
    void everyRowNamesTestsOrCasesThatExist() throws IOException {
        Map<String, Path> tests = testsByName();
        List<String> missing = new ArrayList<>();
        List<String> rows = rows();
        for (String row : rows) {
            List<String> names = NAME.matcher(row).results().map(MatchResult::group).toList();
            if (names.isEmpty()) {
                missing.add("nothing holds: " + row);
            }
            for (String quoted : names) {
                String name = quoted.replace("`", "");
                if (!exists(name, tests)) {
                    missing.add(name);
                }
            }
        }
        assertThat(rows).hasSizeGreaterThan(30);
        assertThat(missing).isEmpty();
    }

    private static boolean exists(String name, Map<String, Path> tests) throws IOException {
        if (name.contains("/")) {
            return Files.exists(ROOT.resolve("cases/" + name + ".yaml"));
        }
        Path file = tests.get(name.substring(0, name.indexOf('.')));
        return file != null
                && Files.readString(file).contains(" void " + name.substring(name.indexOf('.') + 1) + "(");
    }
}
