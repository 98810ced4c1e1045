package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.cli.judge.Interrupt;

/** How a process of its own ends. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ProcessExitTest {
    @TempDir
    private Path folder = Path.of("");

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private Process start(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx512m",
                "-Xlog:class+load:file=" + folder.resolve("loaded.txt"),
                "-Dringfence.home=" + folder,
                "-cp",
                classPath(),
                Ringfence.class.getName());
        builder.command().addAll(java.util.List.of(arguments));
        return builder.directory(folder.toFile()).start();
    }

    private void aCaseWithoutEnd() throws IOException {
        Files.writeString(folder.resolve("endless.yaml"), """
                question: Does this ever end?
                asked: a test
                machine: {pages: 6, frames: 8}
                platforms: {tdx: {}}
                actors: [{name: guest, principal: guest, routine: reaccept}]
                expect: [{threat: malicious-host, safe: injectivity}]
                """);
    }

    @Test
    void controlCPrintsWhatWasFoundAndEndsWithInconclusive() throws IOException, InterruptedException {
        aCaseWithoutEnd();
        Process process = start("check", "--threads", "1", "--timeout", "2m", "endless.yaml");
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8);
                BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(err.readLine()).startsWith("endless tdx malicious-host: ");
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(out.lines().toList().getLast())
                    .startsWith("1 case: 0 of 1 expectation met, 1 not known (an interrupt)");
            assertThat(process.exitValue()).isEqualTo(3);
        } finally {
            process.destroyForcibly();
        }
    }

    /** A process that a signal shuts down when it has printed everything, before it could end by itself. */
    static final class Printed {
        private Printed() {}

        @SuppressWarnings("SystemExitOutsideMain")
        public static void main(String[] arguments) {
            ProcessExit ending = new ProcessExit(new Interrupt(), System.err);
            ending.prepare();
            ending.printed(1);
            System.exit(130);
        }
    }

    @Test
    void aSignalAfterTheLastLineLeavesTheStatusAsItIs() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath(),
                Printed.class.getName())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
    }

    @Test
    void aHostThatTheHeapCannotHoldEndsWithInconclusiveAndTellsHowItCould() throws IOException, InterruptedException {
        Path host = Session.repository().resolve("samples/hosts/two-packages-1tib");
        Process process = start(
                "run", "--platform", "tdx", "--until", "bring-up", "--memory-map", host.resolve("dmesg.txt").toString(),
                "--cpus", host.resolve("lscpu.txt").toString());
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            assertThat(err.readLine()).isEqualTo(
                    "ringfence run: the machine's state takes 1.5 GiB, and the Java heap may have 0.5; RINGFENCE_JVM_OPTIONS=-Xmx4g allows more");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(3);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theVersionLoadsNeitherTheRegistryNorJackson() throws IOException, InterruptedException {
        Process process = start("--version");
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(Files.readString(folder.resolve("loaded.txt")))
                .contains("org.ringfence.cli.Ringfence ")
                .doesNotContain("com.fasterxml.", "org.yaml.", "org.ringfence.checker.platform.",
                        "org.ringfence.stack.");
    }
}
