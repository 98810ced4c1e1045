package org.ringfence.platform.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.machine.operation.Results;

/**
 * The vectors of facts/kvm.md, section 8, about Arm CCA, pKVM and s390, by their numbers: what a state before, and one
 * operation, lead to. Operations are written as scripts write them.
 */
class PrivateMemoryVectorsTest {

    /** A row of a table of vectors. */
    record Vector(String number, String machine, List<String> given, String when, String result, List<String> then) {
        static Vector of(List<String> row) {
            String[] when = row.get(3).split("->", -1);
            return new Vector(
                    row.get(0), row.get(1), pieces(row.get(2)), when[0].strip(), when[1].strip(), pieces(row.get(4)));
        }

        private static List<String> pieces(String text) {
            return Arrays.stream(text.split(";", -1)).map(String::strip).filter(step -> !step.isEmpty()).toList();
        }

        @Override
        public String toString() {
            return "#" + number;
        }
    }

    private static List<List<String>> rows(String table) {
        try (InputStream in = Objects.requireNonNull(PrivateMemoryVectorsTest.class.getResourceAsStream(table))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Vector> vectors() {
        return rows("vectors.txt").stream().map(Vector::of);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void aVectorHolds(Vector vector) throws Exception {
        String[] words = vector.machine().split(" +", -1);
        Platform platform = Registry.found().platform(words[0]).orElseThrow();
        VectorBench bench = VectorBench.of(platform, List.of(words).subList(1, words.length));
        for (String step : vector.given()) {
            assertThat(Results.name(bench.perform(step))).as(step).isIn(VectorBench.WELL);
        }

        assertThat(bench.perform(vector.when())).as(vector.when()).isEqualTo(vector.result());

        for (String fact : vector.then()) {
            String[] sides = fact.split(" is ", -1);
            assertThat(bench.look(sides[0].strip())).as(fact).isEqualTo(sides[1].strip());
        }
    }

    @Test
    void eachVectorOfTheSheetHasARowOrAReason() {
        List<String> covered = Stream.concat(rows("vectors.txt").stream(), rows("vectors-not-built.txt").stream())
                .map(row -> row.getFirst().replaceAll("[a-z]$", ""))
                .distinct()
                .toList();
        assertThat(covered).containsExactlyInAnyOrder(
                "C1", "C2", "C3", "C4", "C5", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C15", "C16",
                "C17", "K1", "K2", "K3", "K4", "K5", "K7", "Z1", "Z3", "Z4", "Z5");
    }
}
