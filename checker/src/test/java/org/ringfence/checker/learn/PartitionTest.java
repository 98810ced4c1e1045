package org.ringfence.checker.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Minimisation against the plainest there is. */
class PartitionTest {

    /** A random automaton: some states have no transitions, some share a label, some letters are rare. */
    private record Automaton(int[] label, int[] tail, int[] code, int[] head) {
        static Automaton random(long seed, int states, int labels, int letters) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] label = random.ints(states, 0, labels).toArray();
            int[] lettersOfLabel = random.ints(labels, 0, letters + 1).toArray();
            List<int[]> transitions = new ArrayList<>();
            int spread = 1 + random.nextInt(states);
            for (int s = 0; s < states; s++) {
                for (int c = 0; c < lettersOfLabel[label[s]]; c++) {
                    transitions.add(new int[] {s, c, random.nextInt(spread)});
                }
            }
            return new Automaton(
                    label,
                    transitions.stream().mapToInt(t -> t[0]).toArray(),
                    transitions.stream().mapToInt(t -> t[1]).toArray(),
                    transitions.stream().mapToInt(t -> t[2]).toArray());
        }

        /** Moore: parts are told apart by label and by the parts that they lead to, until that tells nothing new. */
        int[] moore() {
            int[] part = label;
            long parts = Arrays.stream(part).distinct().count();
            while (true) {
                Map<List<Integer>, Integer> numbers = new HashMap<>();
                int[] refined = new int[label.length];
                for (int s = 0; s < label.length; s++) {
                    List<Integer> told = new ArrayList<>(List.of(part[s]));
                    for (int t = 0; t < tail.length; t++) {
                        if (tail[t] == s) {
                            told.add(code[t]);
                            told.add(part[head[t]]);
                        }
                    }
                    refined[s] = numbers.computeIfAbsent(told, fresh -> numbers.size());
                }
                part = refined;
                if (numbers.size() == parts) {
                    return part;
                }
                parts = numbers.size();
            }
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("labels " + Arrays.toString(label));
            for (int t = 0; t < tail.length; t++) {
                text.append(" %d-%d->%d".formatted(tail[t], code[t], head[t]));
            }
            return text.toString();
        }
    }

    /** Parts numbered in the order of their first state. */
    private static int[] normal(int[] parts) {
        Map<Integer, Integer> numbers = new HashMap<>();
        return Arrays.stream(parts).map(p -> numbers.computeIfAbsent(p, fresh -> numbers.size())).toArray();
    }

    @Property(tries = 2_000)
    void thePartsAreThoseOfMoore(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int states,
            @ForAll @IntRange(min = 1, max = 4) int labels,
            @ForAll @IntRange(min = 0, max = 4) int letters) {
        Automaton automaton = Automaton.random(seed, states, labels, letters);

        int[] parts = Partition.of(automaton.label, automaton.tail, automaton.code, automaton.head);

        assertThat(normal(parts)).as("%s", automaton).isEqualTo(normal(automaton.moore()));
    }
}
