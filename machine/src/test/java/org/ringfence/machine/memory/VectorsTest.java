package org.ringfence.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.state.Layout;

/**
 * What is read and written under which key, and what caches make of it, row by row, in packed and in large machines.
 */
class VectorsTest {

    /** A row of {@code vectors.txt}. */
    record Row(String name, List<String> options, List<String> before, String when, String result, List<String> after) {
        @Override
        public String toString() {
            return name + ": " + when + " -> " + result;
        }
    }

    static Stream<Row> rows() {
        try (InputStream in = Objects.requireNonNull(VectorsTest.class.getResourceAsStream("vectors.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                    .map(cells -> new Row(
                            cells.get(0),
                            words(cells.get(1)),
                            words(cells.get(2)),
                            cells.get(3),
                            cells.get(4),
                            words(cells.get(5))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> words(String text) {
        return text.equals("-") ? List.of() : List.of(text.split(" ", -1));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aVectorHoldsPacked(Row row) {
        holds(row, Layout.Storage.PACKED);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aVectorHoldsLarge(Row row) {
        holds(row, Layout.Storage.LARGE);
    }

    private static void holds(Row row, Layout.Storage storage) {
        MemoryBench bench = new MemoryBench(row.options, storage);
        row.before.forEach(bench::perform);

        assertThat(bench.perform(row.when)).isEqualTo(row.result);

        for (String claim : row.after) {
            String[] sides = claim.split("=", -1);
            assertThat(bench.at(sides[0])).as(claim).isEqualTo(sides[1]);
        }
    }
}
