package org.ringfence.checker.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.checker.differential.Hashes;

/** An automaton's hash means the same in every process. */
class TwoJvmsTest {
    private static String secondJvm() throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Hashes.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit status after: %s", printed).isZero();
        return printed;
    }

    @Test
    void twoJvmsPrintTheSameHashes() throws IOException, InterruptedException {
        String ours = Hashes.print();

        assertThat(ours.lines()).hasSizeGreaterThan(100);
        assertThat(secondJvm()).isEqualTo(ours);
    }
}
