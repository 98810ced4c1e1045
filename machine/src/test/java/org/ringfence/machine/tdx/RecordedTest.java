package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.tdx.abi.Registers;

/**
 * What the published TDX module 1.5.01 answered to random calls, replayed line by line. A folder of further recordings
 * is named by the system property {@code ringfence.recorded}.
 */
class RecordedTest {
    private static final List<String> OWN =
            List.of("tdx-module-1.5.01-tree.txt.gz", "tdx-module-1.5.01-teardown.txt.gz");
    private static final int TOLD = 40;

    /** A recording: its name and where it is read. */
    record Recording(String name, Source source) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Opens a recording. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    static Stream<Recording> recordings() throws IOException {
        List<Recording> all = new ArrayList<>();
        for (String name : OWN) {
            all.add(new Recording(
                    name,
                    () -> Objects.requireNonNull(RecordedTest.class.getResourceAsStream("recorded/" + name), name)));
        }
        String folder = System.getProperty("ringfence.recorded");
        if (folder != null) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                files.filter(file -> file.toString().endsWith(".txt.gz"))
                        .sorted()
                        .forEach(file -> all.add(new Recording(file.toString(), () -> Files.newInputStream(file))));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recordings")
    void everyAnswerIsTheModules(Recording recording) throws IOException {
        RecordedMachine machine = new RecordedMachine();
        List<String> differences = new ArrayList<>();
        int lines = 0;
        int different = 0;
        long begun = System.nanoTime();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(recording.source().open()), StandardCharsets.US_ASCII))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines++;
                String found = replay(machine, line);
                if (!found.isEmpty()) {
                    different++;
                    if (differences.size() < TOLD) {
                        differences.add("%d: %s, here %s".formatted(lines, line, found));
                    }
                    skips = true;
                }
            }
        }
        System.out.printf(
                "%s: %,d lines, %,d differ, %,.0f a second%n",
                recording.name(), lines, different, lines * 1e9 / (System.nanoTime() - begun));
        assertThat(differences).as("%d of %d lines differ", different, lines).isEmpty();
        assertThat(lines).isPositive();
    }

    /** After a difference the lines up to the next machine say nothing. */
    private boolean skips;

    /** What is here instead; empty where it is the same. */
    private String replay(RecordedMachine machine, String line) {
        String[] words = line.split(" ");
        if (words[0].equals("new")) {
            skips = false;
            machine.renew();
            return "";
        }
        if (skips) {
            return "";
        }
        switch (words[0]) {
            case "run" -> machine.run();
            case "enter" -> machine.enter();
            case "leave" -> machine.leave();
            case "call" -> {
                Registers out = machine.call(hex(words[1]), hex(words[2]), hex(words[3]), hex(words[4]), hex(words[5]));
                String found = "%X %X %X %X".formatted(out.rax(), out.rcx(), out.rdx(), out.r8());
                return found.equals(String.join(" ", List.of(words).subList(7, 11))) ? "" : found;
            }
            case "accept" -> {
                String found = machine.accept(hex(words[1]), Integer.parseInt(words[2]));
                return found.equals(String.join(" ", List.of(words).subList(3, words.length))) ? "" : found;
            }
            default -> throw new IllegalArgumentException(line);
        }
        return "";
    }

    private static long hex(String word) {
        return Long.parseUnsignedLong(word, 16);
    }
}
