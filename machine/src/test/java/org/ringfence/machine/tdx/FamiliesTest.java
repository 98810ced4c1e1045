package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.adversary.AnswerFamily;
import org.ringfence.machine.tdx.adversary.EnterFamily;
import org.ringfence.machine.tdx.adversary.FlushFamily;
import org.ringfence.machine.tdx.adversary.L2AccessFamily;
import org.ringfence.machine.tdx.adversary.TdxAdversary;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * A family enumerates what trying every argument enables, with the same effect; also calls that fail, where they change
 * a word.
 */
class FamiliesTest {

    static Stream<Td> machines() {
        Set<TdxFeature> all = Td.allOfOneThatRuns();
        all.remove(TdxFeature.SEPT_PAGES);
        return Stream.of(
                Td.of(new Geometry(3, 4, 1), 1, Td.features()),
                Td.of(new Geometry(4, 6, 2), 2, all),
                Td.of(new Geometry(4, 6, 2), 2, all).withFirstTable(),
                Td.of(new Geometry(4, 4, 2), 2, Td.allOfOneThatRuns()),
                Td.of(new Geometry(3, 6, 3), 1, all),
                Td.of(new Geometry(2, 6, 2), 0, TdOptions.of(Td.features(TdxFeature.TABLES)).keeping(3)),
                Td.of(new Geometry(64, 64, 64), 1, Td.features(TdxFeature.INTERRUPTS, TdxFeature.L2_VM)),
                Td.ofSeveral(new Geometry(4, 6, 2), List.of(2, 1), all).withFirstTable(),
                Td.ofSeveral(
                        new Geometry(2, 3, 1),
                        List.of(1, 1),
                        Td.features(TdxFeature.ASSOCIATION, TdxFeature.TLBS, TdxFeature.TLB_TRACKING)));
    }

    @ParameterizedTest
    @MethodSource("machines")
    void eachFamilyIsEveryArgumentTried(Td td) {
        Random random = new Random(17);
        Walk walk = new Walk(td, random);
        List<Family> families = new ArrayList<>(TdxAdversary.maliciousHost(td.machine()));
        families.addAll(TdxAdversary.otherProcessors(td.machine()));
        families.addAll(TdxAdversary.retroactiveHost(td.machine()));
        if (td.tdx().hasL2()) {
            families.addAll(TdxAdversary.maliciousL2(td.machine(), td.l2()));
        }
        Map<String, Integer> moves = new LinkedHashMap<>();
        boolean several = td.tds().size() > 1;
        int states = td.tdx().geometry().pages() > 8 ? 20 : several ? 2500 : 3000;
        int stepsApart = several ? 20 : 1;
        for (int i = 0; i < states; i++) {
            for (Family family : families) {
                moves.merge(named(family), compare(td, family, walk.state(), random), Integer::sum);
            }
            for (int step = 0; step < stepsApart; step++) {
                walk.step();
            }
        }
        if (td.mixed() || several) {
            assertThat(moves.entrySet().stream()
                    .filter(entry -> !entry.getKey().matches(".*(PROMOTE|RELOCATE|SEPT.REMOVE).*")))
                    .allMatch(entry -> entry.getValue() > (several ? 0 : 20));
        }
        if (several) {
            assertThat(moves.keySet().stream().filter(FamiliesTest::isOfSecond).map(FamiliesTest::asOfFirst))
                    .as("what is done to the second TD")
                    .containsExactlyElementsOf(moves.keySet().stream()
                            .filter(name -> !isOfSecond(name) && !name.matches("(HostStore|HostLoad|L2Access).*"))
                            .toList());
        }
        if (td.vcpus().isEmpty()) {
            assertThat(moves.get("TDH.MEM.PAGE.PROMOTE at level 1")).isPositive();
            assertThat(moves.get("TDH.MEM.PAGE.RELOCATE at level 0")).isPositive();
            assertThat(moves.get("TDH.MEM.SEPT.REMOVE at level 1")).isPositive();
        }
    }

    /** Families of one kind, one for each logical CPU, count as one. */
    private static String named(Family family) {
        return family.toString().replaceAll("lp=\\d+", "lp");
    }

    private static boolean isOfSecond(String family) {
        return family.contains("TD 1") || family.contains("td=1");
    }

    private static String asOfFirst(String family) {
        return family.replace(" TD 1", "").replace("TD 1", "TD").replace("td=1", "td=0");
    }

    /** How many moves there are, by either way of counting. */
    private static int compare(Td td, Family family, State state, Random random) {
        Set<Effect> failed = new HashSet<>();
        Map<Integer, Effect> tried = tried(td, family, state, failed);
        List<Effect> left = new ArrayList<>(taken(family, state, 0).effects());
        tried.values().forEach(left::remove);
        assertThat(new HashSet<>(left))
                .as(() -> family + ", calls that fail and change a word, in " + td.layout().describe(state))
                .isEqualTo(failed);
        assertThat(taken(family, state, 0).effects())
                .as(() -> family + " in " + td.layout().describe(state))
                .containsAll(tried.values());
        int wanted = tried.isEmpty() ? 0 : random.nextInt(tried.size() + left.size());
        Taken taken = taken(family, state, wanted);
        assertThat(taken.effects()).hasSize(tried.size() + left.size());
        if (tried.containsKey(taken.wantedArguments()) && !tried.isEmpty()) {
            assertThat(taken.effects().get(wanted))
                    .as(() -> family + " with " + taken.wantedArguments())
                    .isEqualTo(tried.get(taken.wantedArguments()));
        }
        return tried.size();
    }

    /** What a state becomes, and what was seen on the way. */
    record Effect(List<Long> words, long marks) {
        static Effect of(State state) {
            List<Long> words = new ArrayList<>();
            for (long word : state.words()) {
                words.add(word);
            }
            return new Effect(words, state.observed());
        }
    }

    /** The effects in the order of taking, with the arguments of the one {@code wanted}. */
    record Taken(List<Effect> effects, int wantedArguments) {}

    private static Taken taken(Family family, State from, int wanted) {
        State state = from.snapshot();
        Successors successors = new Successors(state);
        successors.want(wanted);
        successors.watch(-1L);
        successors.begin();
        family.each(state, successors);
        assertThat(state.sameWords(from)).as("the state is restored").isTrue();
        State[] after = new State[successors.taken()];
        Arrays.setAll(after, _ -> from.snapshot());
        int width = from.words().length;
        for (int i = 0; i < successors.count(); i++) {
            System.arraycopy(successors.words(), i * width, after[successors.ordinal(i)].words(), 0, width);
        }
        for (int i = 0; i < successors.breaches(); i++) {
            after[successors.breachOrdinal(i)].observe(successors.breachMarks(i));
        }
        return new Taken(Arrays.stream(after).map(Effect::of).toList(), successors.wantedArguments());
    }

    /** Leaves on a vCPU are called from the family's logical CPU. */
    private static Actor who(Td td, Family family) {
        return switch (family) {
            case L2AccessFamily l2 -> td.l2();
            case EnterFamily enter -> enter.actor();
            case AnswerFamily answer -> answer.actor();
            case FlushFamily flush -> flush.actor();
            default -> td.host();
        };
    }

    /**
     * The effects of calls that succeed, by their arguments; of those that fail and change a word, in {@code failed}.
     */
    private static Map<Integer, Effect> tried(Td td, Family family, State from, Set<Effect> failed) {
        Map<Integer, Effect> effects = new TreeMap<>();
        for (int arguments : family.arguments()) {
            State state = from.snapshot();
            long code = family.operation(arguments)
                    .on(td.machine(), who(td, family))
                    .take(state);
            if (code == 0) {
                effects.put(arguments, Effect.of(state));
            } else if (!state.sameWords(from) && !(family instanceof L2AccessFamily)) {
                failed.add(Effect.of(state));
            }
        }
        return effects;
    }
}
