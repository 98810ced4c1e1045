package org.ringfence.checker.explore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounds large enough that several threads share them. */
class ThreadsTest {

    /** Each value leads to a few others, many of which several lead to. */
    private record Scattered(int bits, int seed) implements Counting.Edges {
        @Override
        public long to(long value, int argument) {
            long mixed = (value * 4 + argument + seed) * 0x9E3779B97F4A7C15L;
            mixed ^= mixed >>> 29;
            return (mixed * 0xBF58476D1CE4E5B9L >>> 31) & (1L << bits) - 1;
        }

        @Override
        public int count(long value) {
            return (int) (value & 3) + 1;
        }
    }

    private static String print(Exploration found) {
        List<String> moves = new ArrayList<>();
        found.breaches().values().forEach(path -> path.moves().forEach(move -> moves.add(
                move.arguments() + ">" + Long.toHexString(move.after().words()[0]))));
        return "%s, %d states, %d transitions, depth %d, %x: %s".formatted(
                found.stop(), found.states(), found.transitions(), found.depth(), found.exercised(), moves);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void anyNumberOfThreadsAndAnySizeOfRoundsFindTheSame(int words) {
        for (int seed = 0; seed < 4; seed++) {
            Scattered edges = new Scattered(16, seed);
            long last = lastFound(edges);
            Model model = Counting.model(edges, 0, last, words);
            String expected = print(Explorer.explore(model, Counting.limits(1L << 20, 1), Watcher.patient()));

            for (int threads = 1; threads <= 3; threads++) {
                for (int round : new int[] {1_024, 1_025, 3_000, 1 << 15, 1 << 16}) {
                    assertThat(print(Explorer.explore(
                            model, Counting.limits(1L << 20, threads), Watcher.patient(), round)))
                            .as("%d threads, rounds of %d", threads, round)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** Some state of the deepest level, by the plainest search. */
    private static long lastFound(Counting.Edges edges) {
        boolean[] seen = new boolean[1 << 16];
        List<Long> order = new ArrayList<>(List.of(0L));
        seen[0] = true;
        for (int i = 0; i < order.size(); i++) {
            for (int a = 0; a < edges.count(order.get(i)); a++) {
                long to = edges.to(order.get(i), a);
                if (!seen[(int) to]) {
                    seen[(int) to] = true;
                    order.add(to);
                }
            }
        }
        return order.getLast();
    }

    @Test
    void statesAndTransitionsAreThoseOfThePlainestSearch() {
        Scattered edges = new Scattered(18, 5);
        boolean[] seen = new boolean[1 << 18];
        List<Long> open = new ArrayList<>(List.of(0L));
        seen[0] = true;
        long transitions = 0;
        for (int i = 0; i < open.size(); i++) {
            for (int a = 0; a < edges.count(open.get(i)); a++) {
                transitions++;
                long to = edges.to(open.get(i), a);
                if (!seen[(int) to]) {
                    seen[(int) to] = true;
                    open.add(to);
                }
            }
        }

        for (int words = 1; words <= 2; words++) {
            for (long most : new long[] {1L << 20, Limits.NARROW + 1}) {
                Exploration found = Counting.explore(Counting.model(edges, 0, -1, words), Counting.limits(most, 2));

                assertThat(found.states()).isEqualTo(open.size());
                assertThat(found.transitions()).isEqualTo(transitions);
            }
        }
    }
}
