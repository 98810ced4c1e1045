package org.ringfence.platform.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Scene;
import org.ringfence.checker.random.Stage;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.ModuleStatus;

/**
 * A call that fails changes no word, except these. In states that random runs reach, calls of every leaf, the host's
 * and the guest's, with arguments from the vocabulary are held against that; and every exception comes about. Families
 * leave out calls that fail and change nothing, so that an exception they must explore.
 */
class FailingCallsTest {
    private static final int STEPS = 20_000;
    private static final int STEPS_OF_A_RUN = 400;
    private static final int CALLS = 8;

    /** What a call that fails may leave behind. */
    enum Exception {
        /**
         * The host's attempt to lock a Secure EPT entry: one that is taken has host priority from then on, one that was
         * free has it no more. Source: TDX module 1.5.01, tdx_locks.h (sept_lock_acquire_host).
         */
        HOST_PRIORITY("TDH\\.MEM\\..*", ".*", ".*Secure EPT .*host waits.*"),
        /** TDH.VP.ENTER associates the vCPU before it finds TD_EPOCH locked. Source: tdh_vp_enter.c. */
        ASSOCIATION("TDH\\.VP\\.ENTER", "TDX_OPERAND_BUSY_TD_EPOCH", ".*association vCPU .*"),
        /**
         * The module reads poison: the call does not come back. Source: the sheet of memory integrity in tdh_sys_init.c
         * (machine checks are fatal).
         */
        POISON(".*", "EXITS", ".*"),
        /** TDH.MNG.ADDCX overwrites its page before it knows whether it takes it. Source: tdh_mng_add_cx.c. */
        OVERWRITTEN("TDH\\.MNG\\.ADDCX", "TDX_RND_NO_ENTROPY|TDX_OP_STATE_INCORRECT", ".*(memory|frame|cache|line).*"),
        /** TDH.SYS.CONFIG takes its R8, the global KeyID and the kind of PAMT, before it checks the TDMRs. Source: tdh_sys_config.c. */
        KEY_RESERVED("TDH\\.SYS\\.CONFIG", ".*",
                ".*(global KeyID|dynamic PAMT enabled|KOT private KeyID .* state).*|.*logical processor .* in TDH\\..*|.*lock held.*"),
        /**
         * A call of several steps, the last of which fails, gives its locks back. Source: TDX module 1.5.01, the leaf's
         * own file.
         */
        STEPS(".*", ".*", ".*(logical processor .* in TDH\\..*|lock held.*)|leaf under way .*|.*Secure EPT .*lock.*"),
        /** A call that an interrupt ends keeps what it has done. Source: tdh_phymem_cache_wb.c. */
        INTERRUPTED(".*", "TDX_INTERRUPTED_RESUMABLE.*", ".*");

        private final String mnemonics;
        private final String results;
        private final String places;

        Exception(String mnemonics, String results, String places) {
            this.mnemonics = mnemonics;
            this.results = results;
            this.places = places;
        }

        boolean covers(String mnemonic, String result, List<Layout.Change> changes) {
            return mnemonic.matches(mnemonics)
                    && result.matches(results)
                    && changes.stream().allMatch(change -> change.place().matches(places));
        }
    }

    private final Map<Exception, Integer> seen = new EnumMap<>(Exception.class);
    private final Set<String> failedOfGuest = new TreeSet<>();
    private int failed;

    @Test
    void aCallThatFailsChangesNoWordExceptThese() {
        Stream.of(new TdxPlatform(), new TdxModulePlatform()).forEach(platform -> {
            for (Scene scene : platform.scenes()) {
                walk(platform, scene, new Random(scene.name().hashCode()));
            }
        });
        Scene locks = new TdxPlatform().scenes().stream().filter(scene -> scene.name().equals("locks")).findFirst()
                .orElseThrow();
        Scene associations = new Scene(
                "locks and associations",
                locks.machine(),
                Map.of("td-locks", true, "association", true, "tlbs", true),
                Stream.concat(locks.cast().stream(), Stream.of(Scene.Role.onCpu(0))).toList(),
                locks.judged());
        for (int seed = 5; seed < 25 && !seen.containsKey(Exception.ASSOCIATION); seed++) {
            walk(new TdxPlatform(), associations, new Random(seed));
        }
        assertThat(failed).isGreaterThan(100_000);
        assertThat(failedOfGuest).contains(
                "TDG.MEM.PAGE.ACCEPT TDX_OPERAND_INVALID_RCX",
                "TDG.MEM.PAGE.ACCEPT TDX_OPERAND_BUSY_RCX",
                "TDG.MEM.PAGE.ACCEPT TDX_PAGE_SIZE_MISMATCH_2M",
                "TDG.MEM.PAGE.ACCEPT TDX_PAGE_ALREADY_ACCEPTED",
                "TDG.MEM.PAGE.ACCEPT TDX_PAGE_ALREADY_ACCEPTED_2M",
                "TDG.MEM.PAGE.ATTR.WR TDX_OPERAND_BUSY_RCX",
                "TDG.MEM.PAGE.ATTR.WR TDX_PAGE_SIZE_MISMATCH_2M",
                "TDG.MEM.PAGE.ATTR.WR TDX_PAGE_ATTR_INVALID",
                "TDG.VP.ENTER TDX_OPERAND_INVALID_RCX",
                "TDG.VP.INVEPT TDX_OPERAND_INVALID_RCX");
        assertThat(seen.keySet()).containsExactly(Exception.values());
    }

    private void walk(Platform platform, Scene scene, Random random) {
        Stage stage = Stage.of(platform, scene, Guards.allOn());
        Stage.Act[] calls = Arrays.stream(stage.acts())
                .filter(act -> act.operation() instanceof ModuleCall<?> || isOfHost(act))
                .toArray(Stage.Act[]::new);
        List<List<Stage.Act>> groups = Arrays.stream(stage.acts())
                .collect(Collectors.groupingBy(Stage.Act::group, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .flatMap(group -> Collections.nCopies(group.getFirst().form().weight(), group).stream())
                .toList();
        List<Stage.Act> useful = new ArrayList<>();
        Map<Integer, Stage.Act> underWay = new HashMap<>();
        State state = stage.initial().snapshot();
        State tried = stage.initial().snapshot();
        for (int i = 0; i < STEPS; i++) {
            if (i % STEPS_OF_A_RUN == 0) {
                state.restore(stage.initial());
                useful.clear();
                underWay.clear();
            }
            for (int call = 0; call < CALLS; call++) {
                tried.restore(state);
                attempt(stage, whole(calls[random.nextInt(calls.length)], underWay), state, tried);
            }
            Stage.Act act = whole(
                    !useful.isEmpty() && random.nextInt(3) == 0
                            ? useful.get(random.nextInt(useful.size()))
                            : one(groups.get(random.nextInt(groups.size())), random),
                    underWay);
            if (stage.machine().find(Cpus.class).filter(cpus -> cpus.isWithHost(state, act.actor().index()))
                    .isEmpty()) {
                tried.restore(state);
                long code = attempt(stage, act, state, tried);
                if (code == 0 && !tried.sameWords(state)) {
                    useful.add(act);
                }
                if (code == Outcome.STAYS) {
                    underWay.put(act.actor().index(), act);
                } else {
                    underWay.remove(act.actor().index());
                }
                state.restore(tried);
            }
        }
    }

    /** Who is between the steps of a leaf does nothing but its next step. */
    private static Stage.Act whole(Stage.Act act, Map<Integer, Stage.Act> underWay) {
        return underWay.getOrDefault(act.actor().index(), act);
    }

    private static Stage.Act one(List<Stage.Act> group, Random random) {
        return group.get(random.nextInt(group.size()));
    }

    private long attempt(Stage stage, Stage.Act act, State before, State after) {
        long code = act.step().take(after);
        after.forgetObserved();
        if (isOfHost(act) ? code > 0 || code == Outcome.EXITS : hasFailed(act, code)) {
            failed++;
            if (!isOfHost(act)) {
                failedOfGuest.add(act.operation().mnemonic() + " " + result(act, code));
            }
            if (!after.sameWords(before)) {
                String result = result(act, code);
                List<Layout.Change> changes = stage.layout().diff(before, after);
                Optional<Exception> exception = Arrays.stream(Exception.values())
                        .filter(one -> one.covers(act.operation().mnemonic(), result, changes))
                        .findFirst();
                assertThat(exception)
                        .as(() -> stage.scene().name() + ": " + act.operation() + " ends with " + result
                                + " and changes "
                                + changes)
                        .isPresent();
                seen.merge(exception.orElseThrow(), 1, Integer::sum);
            }
        }
        return code;
    }

    private static boolean isOfHost(Stage.Act act) {
        return act.operation().mnemonic().startsWith("TDH.");
    }

    /** Whether a guest's call came back and did not do what it was asked; what leaves the TD has not ended. */
    private static boolean hasFailed(Stage.Act act, long code) {
        return act.operation() instanceof ModuleCall<?> call && code >= 0 && call.rax(code) != 0;
    }

    private static String result(Stage.Act act, long code) {
        if (code == Outcome.EXITS) {
            return "EXITS";
        }
        return act.operation().results() instanceof Results.Closed<?>(Class<? extends Enum<?>> type)
                ? ((ModuleStatus) type.getEnumConstants()[(int) code]).name()
                : "RAX 0x%X".formatted(Completion.rax(code));
    }
}
