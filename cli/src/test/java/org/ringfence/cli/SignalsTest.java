package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGINT and SIGTERM at random moments of every command that takes long: it ends with 3 within two seconds, and what it
 * printed is whole. A command that was done already ends as it would have. Moments before Java heeds signals are the
 * launcher's matter, and its test's.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Tag("soak")
class SignalsTest {
    private static final double SOON = 2;

    /** Milliseconds that a process may live before the signal, beside the second in which Java begins. */
    private static final int LATEST = 3_500;

    @TempDir
    private Path folder = Path.of("");

    private List<String[]> commands() throws IOException {
        Path repository = Session.repository();
        Files.writeString(folder.resolve("learns.yaml"), LimitsInEveryPhaseTest.LEARNS_LONG);
        Files.writeString(folder.resolve("searches.yaml"), LimitsInEveryPhaseTest.SEARCHES_LONG);
        String hosts = repository.resolve("samples/hosts/two-packages-1tib").toString();
        return List.of(
                new String[] {"check", "--format", "json", "learns.yaml"},
                new String[] {"check", "--format", "json", "searches.yaml"},
                new String[] {"check", "--format", "json", "--threads", "1", "--no-symmetry", "searches.yaml"},
                new String[] {"check", "--format", "json"},
                new String[] {"run", "--platform", "tdx", "--until", "bring-up", "--format", "json", "--memory-map",
                    hosts + "/dmesg.txt", "--cpus", hosts + "/lscpu.txt"},
                new String[] {"random", "--platform", "snp", "--operations", "1000000000"},
                new String[] {"random", "--platform", "tdx", "--operations", "1000000000", "--ablate",
                    "aug-frame-is-free"},
                new String[] {"ablate", "--platform", "tdx", "--format", "json"});
    }

    @Test
    void atTwoHundredRandomMomentsTheEndIsThreeWithinTwoSecondsAndJsonIsWhole()
            throws IOException, InterruptedException {
        int moments = Integer.getInteger("signals", 200);
        long seed = Long.getLong("signals.seed", System.nanoTime());
        System.out.printf("%d signals from seed %d on%n", moments, seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<String[]> commands = commands();
        Map<String, Integer> ends = new TreeMap<>();
        for (int i = 0; i < moments; i++) {
            String[] command = commands.get(i % commands.size());
            one(command, random.nextBoolean() ? "INT" : "TERM", random.nextInt(LATEST), ends);
        }
        System.out.println(ends);
        int ended = ends.entrySet().stream()
                .filter(end -> end.getKey().contains(": 3"))
                .mapToInt(Map.Entry::getValue)
                .sum();
        assertThat(ended).as("commands that a signal ended").isGreaterThanOrEqualTo(moments / 2);
    }

    private void one(String[] command, String signal, int after, Map<String, Integer> ends)
            throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx2g",
                "-Dringfence.home=" + Session.repository(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Ringfence.class.getName()));
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        String what = "%s, SIG%s after %d ms".formatted(String.join(" ", command), signal, after);
        try {
            Thread.sleep(1_000);
            if (process.waitFor(after, TimeUnit.MILLISECONDS)) {
                assertThat(process.exitValue()).as(what).isIn(0, 1, 3);
            } else {
                long sent = System.nanoTime();
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(what).isTrue();
                double seconds = (System.nanoTime() - sent) / 1e9;
                assertThat(process.exitValue()).as(what + Files.readString(err)).isIn(0, 1, 3);
                assertThat(seconds).as(what).isLessThan(SOON);
            }
            String printed = Files.readString(out, StandardCharsets.UTF_8);
            if (List.of(command).contains("json") && !printed.isEmpty()) {
                JsonNode told = new ObjectMapper().readTree(printed);
                assertThat(told.path("exit").asInt(-1)).as(what + printed).isEqualTo(process.exitValue());
                assertThat(told.has("stopped")).as(what + printed).isEqualTo(process.exitValue() == 3
                        && command[0].equals("run"));
            }
            assertThat(Files.readString(err)).as(what).doesNotContain("\tat ", "a defect", "results are lost",
                    "main class");
            ends.merge("%s %s: %d%s".formatted(command[0], command[command.length - 1].replaceAll(".*/", ""),
                    process.exitValue(), printed.isEmpty() ? ", nothing printed" : ""), 1, Integer::sum);
        } finally {
            process.destroyForcibly();
        }
    }
}
