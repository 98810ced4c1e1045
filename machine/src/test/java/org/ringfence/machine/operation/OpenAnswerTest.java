package org.ringfence.machine.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Answers of which nothing is known, against trying every number of a small universe. */
class OpenAnswerTest {

    /** A question as a routine asks it, with all that it can hear. */
    private sealed interface Query {
        long ask(Answer answer);

        record Is(long value) implements Query {
            @Override
            public long ask(Answer answer) {
                return answer.is(value) ? 1 : 0;
            }
        }

        record Below(long bound) implements Query {
            @Override
            public long ask(Answer answer) {
                return answer.below(bound) ? 1 : 0;
            }
        }

        record MaskBits(long mask) implements Query {
            @Override
            public long ask(Answer answer) {
                return answer.bits(mask);
            }
        }
    }

    /** Answers questions from a list and notes that more were asked than it has answers for. */
    private static final class Script extends RunningCpu {
        private final List<Boolean> answers;
        private int asked;

        Script(List<Boolean> answers) {
            this.answers = answers;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <R> R ask(Operation<R> operation) {
            assertThat(operation).isInstanceOf(Question.class);
            return (R) (Boolean) (asked < answers.size() ? answers.get(asked++) : asked++ < 0);
        }
    }

    /** What is heard along every branch, with a witness of the branch. */
    private static Map<List<Long>, Long> branches(List<Query> queries) {
        Map<List<Long>, Long> heard = new HashMap<>();
        List<List<Boolean>> open = new ArrayList<>(List.of(List.of()));
        while (!open.isEmpty()) {
            List<Boolean> answers = open.removeLast();
            Script script = new Script(answers);
            Answer answer = Answer.open(script);
            List<Long> said = new ArrayList<>();
            queries.forEach(query -> said.add(query.ask(answer)));
            // Answers beyond the list were no: each of them could have been yes.
            for (int more = answers.size(); more < script.asked; more++) {
                List<Boolean> other = new ArrayList<>(answers);
                while (other.size() < more) {
                    other.add(false);
                }
                other.add(true);
                open.add(other);
            }
            assertThat(heard.put(said, answer.witness()))
                    .as("two branches that hear the same, %s, of %s", said, queries)
                    .isNull();
        }
        return heard;
    }

    private static List<Long> heardFrom(long value, List<Query> queries) {
        Answer known = Answer.known(value);
        return queries.stream().map(query -> query.ask(known)).toList();
    }

    private static List<Query> queries(SplittableRandom random, long offset, int shift) {
        List<Query> queries = new ArrayList<>();
        for (int q = random.nextInt(7); q >= 0; q--) {
            long value = offset + random.nextInt(33);
            queries.add(
                    switch (random.nextInt(3)) {
                        case 0 -> new Query.Is(value);
                        case 1 -> new Query.Below(value);
                        default -> new Query.MaskBits((long) random.nextInt(32) << shift);
                    });
        }
        return queries;
    }

    /** Numbers that tell all such questions apart: small ones, and for the bits that have no bound, large ones. */
    private static Set<List<Long>> distinguishable(List<Query> queries) {
        Set<List<Long>> classes = new HashSet<>();
        for (long value = 0; value < 128; value++) {
            classes.add(heardFrom(value, queries));
        }
        return classes;
    }

    @Property(tries = 3_000)
    void theBranchesAreExactlyTheAnswersThatCanBeToldApart(@ForAll long seed) {
        List<Query> queries = queries(new SplittableRandom(seed), 0, 0);

        Map<List<Long>, Long> branches = branches(queries);

        assertThat(branches.keySet()).as("%s", queries).isEqualTo(distinguishable(queries));
        branches.forEach((heard, witness) -> assertThat(heardFrom(witness, queries))
                .as("witness 0x%X of %s", witness, queries)
                .isEqualTo(heard));
    }

    @Property(tries = 2_000)
    void everyWitnessAnswersAsItsBranchHeardAnywhereInTheSixtyFourBits(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long offset = random.nextInt(3) == 0 ? -40 : random.nextInt(2) == 0 ? Long.MAX_VALUE - 15 : random.nextLong();
        List<Query> queries = queries(random, offset, random.nextInt(60));

        Map<List<Long>, Long> branches = branches(queries);

        branches.forEach((heard, witness) -> assertThat(heardFrom(witness, queries))
                .as("witness 0x%X of %s", witness, queries)
                .isEqualTo(heard));
        for (int i = 0; i < 200; i++) {
            long value = random.nextInt(2) == 0 ? random.nextLong() : offset + random.nextInt(80) - 20;
            assertThat(branches).as("0x%X of %s", value, queries).containsKey(heardFrom(value, queries));
        }
    }

    @Test
    void aQuestionIsAskedOnceAndOnlyWhileItIsOpen() {
        Script script = new Script(List.of(true));
        Answer answer = Answer.open(script);

        assertThat(answer.below(2)).isTrue();
        assertThat(answer.below(2)).isTrue();
        assertThat(answer.below(7)).isTrue();
        assertThat(answer.is(5)).isFalse();
        assertThat(answer.bits(0xF0)).isZero();
        assertThat(answer.below(0)).isFalse();

        assertThat(script.asked).isEqualTo(1);
    }

    @Test
    void moreThanEightBitsAtOnceAreRefused() {
        assertThat(Answer.known(0x1FF).bits(0xFF)).isEqualTo(0xFF);
        for (Answer answer : List.of(Answer.known(0), Answer.open(new Script(List.of())))) {
            assertThatThrownBy(() -> answer.bits(0x1FF)).hasMessageContaining("at most 8 are allowed");
        }
    }
}
