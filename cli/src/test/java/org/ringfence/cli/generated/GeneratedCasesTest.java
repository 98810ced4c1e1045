package org.ringfence.cli.generated;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.checker.check.Registry;
import org.ringfence.cli.Line;
import org.ringfence.cli.casefile.CaseSchema;

/** Whatever the schema allows ends in a verdict or in a sentence with its place, and soon. */
class GeneratedCasesTest {
    private static final long FIRST_SEED = Long.getLong("ringfence.seed", 1);
    private static final int FEW = 200;
    private static final int MANY = Integer.getInteger("ringfence.cases", 20_000);
    private static final double MOST_SECONDS = 30;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void aDrawnCaseEndsInAVerdictOrASentence() throws IOException {
        check(FEW, DrawnCase::of);
    }

    @Test
    @Tag("soak")
    void manyDrawnCasesEndInAVerdictOrASentence() throws IOException {
        check(MANY, DrawnCase::of);
    }

    @Test
    void anOperationAloneEndsInAVerdictOrASentence() throws IOException {
        check(FEW, DrawnCase::ofOneOperation);
    }

    @Test
    @Tag("soak")
    void manyOperationsAloneEndInAVerdictOrASentence() throws IOException {
        check(MANY, DrawnCase::ofOneOperation);
    }

    @FunctionalInterface
    private interface Drawing {
        ObjectNode of(Registry registry, JsonNode schema, long seed);
    }

    /** What became of drawn cases: how many ended with each exit status, and which ended otherwise. */
    private static final class Ends {
        private final int[] exits = new int[4];
        private final List<String> wrong = new ArrayList<>();

        synchronized void met(int exit) {
            exits[exit]++;
        }

        synchronized void wrong(String what) {
            wrong.add(what);
            System.out.println(what);
        }
    }

    private void check(int cases, Drawing drawing) throws IOException {
        Registry registry = Registry.found();
        JsonNode schema = new ObjectMapper().readTree(CaseSchema.print(registry));
        Ends ends = new Ends();
        System.out.printf("%d drawn cases, seeds %d to %d%n", cases, FIRST_SEED, FIRST_SEED + cases - 1);
        LongStream.range(FIRST_SEED, FIRST_SEED + cases)
                .parallel()
                .forEach(seed -> check(seed, drawing.of(registry, schema, seed).toString(), registry, ends));
        int[] exits = ends.exits;
        System.out.printf("exits: %d met, %d not, %d refused, %d open%n", exits[0], exits[1], exits[2], exits[3]);
        assertThat(ends.wrong).as("cases that ended otherwise").isEmpty();
    }

    private void check(long seed, String text, Registry registry, Ends ends) {
        Path its = folder.resolve(Long.toString(seed));
        Path file = its.resolve("drawn.yaml");
        try {
            Files.createDirectory(its);
            Files.writeString(file, text);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
        long begun = System.nanoTime();
        Line.Ended ended = Line.in(its, registry).run(
                "check", "drawn.yaml", "--states", "3000", "--timeout", "2s", "--threads", "1", "--memory", "64m");
        double seconds = (System.nanoTime() - begun) / 1e9;
        String complaint = complaint(ended, seconds);
        if (complaint.isEmpty()) {
            ends.met(ended.exit());
        } else {
            ends.wrong("seed %d: %s%n  %s%n  %s".formatted(seed, complaint, ended.err().strip(), text));
        }
    }

    private static String complaint(Line.Ended ended, double seconds) {
        if (ended.exit() < 0 || ended.exit() > 3) {
            return "exit " + ended.exit();
        }
        if (seconds > MOST_SECONDS) {
            return "it took %.0f s".formatted(seconds);
        }
        if (ended.err().contains("\tat ") || ended.out().contains("Exception")) {
            return "a stack trace";
        }
        // Progress may stand before the sentence, where another platform of the case was searched first.
        boolean placed = ended.err().matches("(?s)(.*\n)?drawn\\.yaml:\\d+:\\d+: [^\n]+\n");
        return ended.exit() == 2 && !placed ? "a message without a place" : "";
    }
}
