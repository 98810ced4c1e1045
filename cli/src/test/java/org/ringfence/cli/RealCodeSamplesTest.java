package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The samples in C are built as the guide says, and each of their cases comes out as it says. */
class RealCodeSamplesTest {
    private static final Path SAMPLES = Session.repository().resolve("samples").resolve("real-code");

    @TempDir
    private static Path folder = Path.of("");

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                SAMPLES.resolve("build").toString(), "-o", folder.resolve("target").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        Assumptions.assumeFalse(status == 2 && said.contains("there is no "), said);
        assertThat(status).as(said).isZero();
        try (Stream<Path> files = Files.list(SAMPLES)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".yaml")).toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }

    @Test
    void everyCaseComesOutAsItSays() throws IOException {
        List<String> words = new ArrayList<>(List.of("check"));
        try (Stream<Path> files = Files.list(folder)) {
            files.map(Path::toString).filter(one -> one.endsWith(".yaml")).sorted().forEach(words::add);
        }
        Session.Ran ran = Session.onPlatforms(folder).run(words.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).contains("12 cases: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bitmap", "monitor", "page-state", "take-back"})
    void whatIsBrokenIsShownWithLinesOfC(String sample) {
        Session.Ran ran = Session.onPlatforms(folder)
                .run("check", folder.resolve(sample + "-broken.yaml").toString());
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("violated, as expected").containsPattern("at \\S+\\(" + sample + "\\.c:\\d+\\)");
    }

    @Test
    void explainTellsWhatAModuleImportsAndWhatThatMapsTo() {
        Session.Ran ran = Session.onPlatforms(folder).run("explain", folder.resolve("td-host.yaml").toString());
        assertThat(ran.out()).contains(
                "exports entry", "imports tdx-host.seamcall(i32) -> i64: TDH.VP.ENTER, ", "imports host.any_frame()");
    }
}
