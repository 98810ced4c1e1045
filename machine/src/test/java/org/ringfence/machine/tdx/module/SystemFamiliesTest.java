package org.ringfence.machine.tdx.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.adversary.SystemAdversary;

/**
 * A family enumerates what trying every argument enables, with the same effect; and no sequence of such calls puts a
 * page in two places.
 */
class SystemFamiliesTest {

    record Run(Platform platform, int states, boolean coversAll) {}

    static Stream<Run> runs() {
        Platform.Shape one = new Platform.Shape(
                ModuleVersion.V1_5_01, List.of(0), 8, 1, 3, ModuleOptions.ENTRIES_PER_BLOCK, List.of(), false);
        Platform.Shape two = new Platform.Shape(
                ModuleVersion.HOT_PLUG, List.of(0, 1), 4, 2, 1, ModuleOptions.ENTRIES_PER_BLOCK, List.of(), false);
        return Stream.of(
                new Run(Platform.of(one, Guards.allOn()), 1200, true),
                new Run(Platform.of(two, Guards.allOn()), 400, false),
                new Run(Platform.of(two, Guards.without(TdxGuard.SYSTEM_IS_READY)), 200, false));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void eachFamilyIsEveryArgumentTried(Run run) {
        Platform platform = run.platform;
        Random random = new Random(11);
        List<Family> families =
                SystemAdversary.maliciousHost(platform.machine(), List.of(List.of(platform.tdmr())));
        Map<String, Integer> moves = new LinkedHashMap<>();
        State state = platform.start();
        for (int i = 0; i < run.states; i++) {
            Map<Family, List<State>> next = new LinkedHashMap<>();
            for (Family family : families) {
                List<State> successors = compare(platform, family, state);
                moves.merge(family.toString(), successors.size(), Integer::sum);
                if (!successors.isEmpty()) {
                    next.put(family, successors);
                }
            }
            if (next.isEmpty() || random.nextInt(120) == 0) {
                state = platform.start();
                continue;
            }
            List<List<State>> choices = new ArrayList<>(next.values());
            List<State> chosen = choices.get(random.nextInt(choices.size()));
            state = chosen.get(random.nextInt(chosen.size()));
            if (Guards.of(platform.machine()).off().isEmpty()) {
                requireOnePlaceAPage(platform, state);
            }
        }
        if (run.coversAll) {
            assertThat(moves.values()).as(moves.toString()).allMatch(count -> count > 0);
        }
    }

    private static List<State> compare(Platform platform, Family family, State from) {
        Map<Integer, List<Long>> tried = new TreeMap<>();
        for (int arguments : family.arguments()) {
            State state = from.snapshot();
            if (family.operation(arguments).on(platform.machine(), family.actor()).take(state) == 0) {
                tried.put(arguments, words(state));
            }
        }
        State state = from.snapshot();
        Successors successors = new Successors(state);
        successors.begin();
        family.each(state, successors);
        assertThat(state.sameWords(from)).as("the state is restored").isTrue();
        State[] after = new State[successors.taken()];
        Arrays.setAll(after, _ -> from.snapshot());
        int width = from.words().length;
        for (int i = 0; i < successors.count(); i++) {
            System.arraycopy(successors.words(), i * width, after[successors.ordinal(i)].words(), 0, width);
        }
        assertThat(Arrays.stream(after).map(SystemFamiliesTest::words).toList())
                .as(() -> family + " in " + platform.layout().describe(from))
                .containsExactlyElementsOf(tried.values());
        return List.of(after);
    }

    private static List<Long> words(State state) {
        return Arrays.stream(state.words()).boxed().toList();
    }

    /** PAMT, TDRs, KeyIDs and CHLDCNT agree. */
    private static void requireOnePlaceAPage(Platform platform, State state) {
        TdxModule module = platform.module();
        int frames = module.map().geometry().frames();
        for (int td = 0; td < module.options().tds(); td++) {
            int root = module.tdr().frame().get(state, td);
            if (root < 0) {
                continue;
            }
            assertThat(module.pamt().type(state, root, PageSize.PT_4KB)).isEqualTo(PageType.PT_TDR);
            int children = 0;
            for (int frame = 0; frame < frames; frame++) {
                PageType type = module.pamt().type(state, frame, PageSize.PT_4KB);
                boolean isChild = type != PageType.PT_NDA && type != PageType.PT_RSVD && type != PageType.PT_TDR;
                children += isChild && module.pamt().owner(state, frame, PageSize.PT_4KB) == root ? 1 : 0;
            }
            assertThat(module.tdr().children().get(state, td)).isEqualTo(children);
            KeyIdState key = module.keys().of(state, module.keyId(state, td));
            switch (module.tdr().lifecycle().get(state, td)) {
                case TD_HKID_ASSIGNED, TD_KEYS_CONFIGURED -> assertThat(key).isEqualTo(KeyIdState.HKID_ASSIGNED);
                case TD_BLOCKED -> assertThat(key).isEqualTo(KeyIdState.HKID_FLUSHED);
                case TD_TEARDOWN -> assertThat(key).isNotEqualTo(KeyIdState.HKID_RESERVED);
            }
        }
    }
}
