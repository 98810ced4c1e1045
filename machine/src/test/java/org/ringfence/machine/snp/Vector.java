package org.ringfence.machine.snp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A row of {@code vectors.txt}. */
record Vector(String id, List<String> given, String when, List<String> then, String source) {

    /** The number in the fact sheet: the id without the letter that tells rows of one vector apart. */
    String number() {
        return id.replaceFirst("[b-z]$", "");
    }

    /** Whether it only prepares what others begin with. */
    boolean isPreparation() {
        return !Character.isDigit(id.charAt(0));
    }

    static List<Vector> all() {
        return of("vectors.txt");
    }

    /** Vectors of the firmware's commands: one at least for each status that a command answers. */
    static List<Vector> ofFirmware() {
        return of("firmware.txt");
    }

    /** What each command of the firmware answers: the command's word, then the statuses. */
    static List<List<String>> statuses() {
        return rows("firmware-statuses.txt").stream()
                .map(row -> Arrays.asList(row.get(1).split(" +")).stream()
                        .map(status -> row.get(0) + " " + status)
                        .toList())
                .toList();
    }

    private static List<Vector> of(String resource) {
        return rows(resource).stream()
                .map(row -> new Vector(row.get(0), steps(row.get(1)), row.get(2), steps(row.get(3)), row.get(4)))
                .toList();
    }

    /** The numbers in the fact sheet that no row covers yet. */
    static List<String> notBuilt() {
        return rows("vectors-not-built.txt").stream().map(List::getFirst).toList();
    }

    /**
     * The numbers in the fact sheet that tables of other tests cover, each with its table's path from the root of the
     * repository.
     */
    static List<List<String>> elsewhere() {
        return rows("vectors-elsewhere.txt");
    }

    private static List<String> steps(String text) {
        return text.equals("-") ? List.of() : Arrays.stream(text.split(";")).map(String::strip).toList();
    }

    private static List<List<String>> rows(String resource) {
        try (InputStream in = Objects.requireNonNull(Vector.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "#" + id + ": " + when + " -> " + String.join("; ", then) + " (" + source + ")";
    }
}
