package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.machine.operation.Property;

/** Searches that end at any moment, and go on. */
class CheckpointTest {
    private static final Map<String, String> WHAT = Map.of("case", "scattered");
    private static final int BITS = 16;
    private static final int ROUND = 1_024;

    /** Moves to the value that breaks integrity, by a way that need not be a shortest one. */
    private static final int MOVES = 14;

    @TempDir
    Path temporary = Path.of("");

    /** Each value leads to a few others, many of which several lead to. */
    private record Scattered(int bits) implements Counting.Edges {
        @Override
        public long to(long value, int argument) {
            long mixed = (value * 4 + argument + 1) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 29;
            return (mixed * 0xBF58476D1CE4E5B9L >>> 31) & (1L << bits) - 1;
        }

        @Override
        public int count(long value) {
            return (int) (value & 3) + 1;
        }
    }

    /** As a process is killed: thrown where the search looks whether it shall go on. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Kills after so many levels. */
    private record Killing(int levels) implements Watcher {
        @Override
        public boolean goOn(Glance glance) {
            return true;
        }

        @Override
        public boolean nextLevel(Set<Property> open, Glance glance) {
            if (glance.depth() >= levels) {
                throw new Killed();
            }
            return true;
        }
    }

    private static long bad() {
        Scattered edges = new Scattered(BITS);
        long value = 0;
        for (int move = 0; move < MOVES; move++) {
            value = edges.to(value, edges.count(value) - 1);
        }
        return value;
    }

    private static Model model(int words, long bad) {
        return Counting.model(new Scattered(BITS), 0, bad, words);
    }

    private static Limits limits(long states) {
        return new Limits(states, 1L << 33, Duration.ofMinutes(5), 2);
    }

    private static String print(Exploration found) {
        List<String> moves = new ArrayList<>();
        found.breaches().values().forEach(path -> path.moves().forEach(move -> moves.add(
                move.arguments() + ">" + Long.toHexString(move.after().words()[0]))));
        return "%s, %d states, %d transitions, depth %d, %x, %s: %s".formatted(
                found.stop(), found.states(), found.transitions(), found.depth(), found.exercised(), found.moved(),
                moves);
    }

    private Exploration explore(Path folder, Model model, long states, Watcher watcher) {
        try (Checkpoint kept = Checkpoint.resume(folder, WHAT)) {
            kept.markEverywhere();
            return Explorer.explore(model, limits(states), watcher, ROUND, kept);
        }
    }

    /** The search to its end, of which every process but the last is killed after a few levels more. */
    private String killedAndKilled(Path folder, Model model, long states, int each) {
        for (int levels = each;; levels += each) {
            try {
                return print(explore(folder, model, states, new Killing(levels)));
            } catch (Killed killed) {
                tear(folder, levels);
            }
        }
    }

    /** Behind the mark there may be anything. */
    private static void tear(Path folder, int seed) {
        byte[] torn = new byte[seed % 13];
        new SplittableRandom(seed).nextBytes(torn);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals("mark") && !name.equals("search")) {
                    Files.write(file, torn, StandardOpenOption.APPEND);
                }
            }
            Files.write(folder.resolve("mark.new"), torn);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aSearchThatIsKilledAgainAndAgainEndsAsOneThatIsNot() {
        for (int words = 1; words <= 2; words++) {
            Model model = model(words, bad());
            for (long states : new long[] {1L << 20, Limits.NARROW + 1}) {
                Exploration unbroken = Explorer.explore(model, limits(states), Watcher.patient());
                assertThat(unbroken.states()).isGreaterThan(30_000);
                assertThat(unbroken.breaches()).isNotEmpty();
                String expected = print(unbroken);
                for (int each : new int[] {1, 2, 7}) {
                    Path folder = temporary.resolve("%d-%d-%d".formatted(words, states, each));
                    assertThat(killedAndKilled(folder, model, states, each)).isEqualTo(expected);
                    // One that has ended is there to be told again.
                    assertThat(print(explore(folder, model, states, Watcher.patient()))).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void aSearchThatMeetsALimitGoesOnWithALargerOne() {
        Model model = model(1, bad());
        String expected = print(Explorer.explore(model, limits(1L << 20), Watcher.patient()));
        for (long states = 1_000; states < 1L << 16; states += 9_000) {
            Exploration found = explore(temporary, model, states, Watcher.patient());
            if (found.stop() != Exploration.Stop.EXHAUSTED) {
                assertThat(found.stop()).isEqualTo(Exploration.Stop.STATES);
                assertThat(found.states()).isGreaterThan(states);
            }
        }
        assertThat(print(explore(temporary, model, 1L << 20, Watcher.patient()))).isEqualTo(expected);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whereTheDiskIsFullTheSearchEndsWithASentenceAndGoesOnLater() throws Exception {
        Model model = model(1, bad());
        String expected = print(Explorer.explore(model, limits(1L << 20), Watcher.patient()));
        assertThatThrownBy(() -> explore(temporary, model, 1L << 20, new Killing(8))).isInstanceOf(Killed.class);
        Path next = levelAfterTheNewest();
        Files.createSymbolicLink(next, Path.of("/dev/full"));
        try (Checkpoint kept = Checkpoint.resume(temporary, WHAT)) {
            Exploration found = Explorer.explore(model, limits(1L << 20), Watcher.patient(), kept);
            assertThat(found.stop()).isEqualTo(Exploration.Stop.CHECKPOINT);
            assertThat(kept.failure())
                    .startsWith("the search could not be kept in " + temporary)
                    .contains("No space left on device")
                    .endsWith("what was kept before is whole, and --resume goes on from there");
        }
        Files.delete(next);
        assertThat(print(explore(temporary, model, 1L << 20, Watcher.patient()))).isEqualTo(expected);
    }

    private Path levelAfterTheNewest() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            int newest = files.filter(file -> file.getFileName().toString().startsWith("level-"))
                    .mapToInt(CheckpointTest::number)
                    .max()
                    .orElseThrow();
            return temporary.resolve("level-" + (newest + 1));
        }
    }

    private static int number(Path level) {
        return Integer.parseInt(level.getFileName().toString().substring("level-".length()));
    }

    @Test
    void anotherSearchADamagedOneAndOneThatIsUnderWayAreRefused() throws Exception {
        explore(temporary, model(1, bad()), 1_000, Watcher.patient());
        assertThat(refused(false, WHAT)).isEqualTo(temporary
                + " holds a search already; --resume goes on with it, and an empty folder begins another");
        assertThat(refused(true, Map.of("case", "another")))
                .isEqualTo(temporary + " holds another search: it has case: scattered, and this one has case: another");
        try (Checkpoint kept = Checkpoint.resume(temporary, WHAT)) {
            assertThat(kept.goesOn()).isTrue();
            assertThat(refused(true, WHAT)).isEqualTo("another process works on the search in " + temporary);
        }
        Path mark = temporary.resolve("mark");
        byte[] bytes = Files.readAllBytes(mark);
        bytes[bytes.length / 2] ^= 4;
        Files.write(mark, bytes);
        assertThat(refused(true, WHAT)).isEqualTo("the mark of the search in " + temporary + " is damaged");
    }

    private @Nullable String refused(boolean goesOn, Map<String, String> what) {
        try (Checkpoint kept = goesOn ? Checkpoint.resume(temporary, what) : Checkpoint.begin(temporary, what)) {
            return "not refused: " + kept.folder();
        } catch (CheckpointRefused refused) {
            return refused.getMessage();
        }
    }
}
