package org.ringfence.platform.snp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
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
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.sev.firmware.SevStatus;
import org.ringfence.machine.snp.VmrunResult;
import org.ringfence.machine.snp.rmp.PsmashResult;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.RmpadjustResult;
import org.ringfence.machine.snp.rmp.Rmpquery;
import org.ringfence.machine.snp.rmp.Rmpread;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.platform.sev.SevPlatform;

/**
 * An instruction or a command that fails changes no word, except these. In states that random runs reach, all of them,
 * with arguments from the vocabulary, are held against that; and every exception comes about. Families leave out what
 * fails and changes nothing, so that an exception they must explore: {@code AsidFamily} takes a DF_FLUSH that fails in
 * part. No family draws SNP_LAUNCH_UPDATE: the host of a launch follows its routine.
 *
 * <p>A nested page fault is no failure: the vCPU exits, which is recorded, and the instruction is asked again.
 */
class FailingCallsTest {
    private static final int STEPS = 40_000;
    private static final int STEPS_OF_A_RUN = 400;
    private static final int CALLS = 8;

    /** What ends with one of these at ordinal 0 has succeeded. */
    private static final Set<Class<?>> RESULTS = Set.of(
            SevStatus.class,
            RmpupdateResult.class,
            PsmashResult.class,
            PvalidateResult.class,
            RmpadjustResult.class,
            VmrunResult.class);

    /** What a call that fails may leave behind. */
    enum Exception {
        /**
         * A core complex all of whose cores have run WBINVD is flushed, though another one was not. Source: SEV
         * firmware, sev_mcmd.c (mcmd_df_flush_common).
         */
        FLUSHED_IN_PART("(SNP_)?DF_FLUSH", "WBINVD_REQUIRED", ".*ASID.*(dirty|clean).*"),
        /**
         * The table of CPUID that the firmware would have taken is written back as plain text. Source: SEV firmware,
         * sev_mcmd.c (snp_mcmd_launch_update).
         */
        CPUID_WRITTEN_BACK("SNP_LAUNCH_UPDATE", "INVALID_PARAM", ".*(memory|frame|line).*");

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
                    && result.equals(results)
                    && changes.stream().allMatch(change -> change.place().matches(places));
        }
    }

    private final Map<Exception, Integer> seen = new EnumMap<>(Exception.class);
    private final Set<String> failed = new TreeSet<>();
    private int failures;

    @Test
    void aCallThatFailsChangesNoWordExceptThese() {
        Stream.of(new SnpPlatform(), new SevPlatform()).forEach(platform -> {
            for (Scene scene : platform.scenes()) {
                walk(platform, scene, new Random(scene.name().hashCode()));
            }
        });

        assertThat(failures).isGreaterThan(100_000);
        assertThat(failed).contains(
                "RMPUPDATE FAIL_INPUT",
                "RMPUPDATE FAIL_PERMISSION",
                "RMPUPDATE FAIL_OVERLAP",
                "PSMASH FAIL_INPUT",
                "PSMASH FAIL_BADADDR",
                "PVALIDATE FAIL_INPUT",
                "PVALIDATE FAIL_SIZEMISMATCH",
                "PVALIDATE GENERAL_PROTECTION",
                "PVALIDATE UNCHANGED",
                "RMPADJUST FAIL_PERMISSION",
                "RMPADJUST FAIL_SIZEMISMATCH",
                "RMPADJUST PAGE_NOT_VALIDATED",
                "SNP_ACTIVATE ASID_OWNED",
                "SNP_PAGE_RECLAIM INVALID_PAGE_STATE",
                "SNP_PAGE_MOVE INVALID_PAGE_OWNER",
                "ACTIVATE DF_FLUSH_REQUIRED",
                "LAUNCH_UPDATE_DATA INACTIVE");
        assertThat(seen.keySet()).containsExactly(Exception.values());
    }

    private void walk(Platform platform, Scene scene, Random random) {
        Stage stage = Stage.of(platform, scene, Guards.allOn());
        List<Stage.Act> calls = Arrays.stream(stage.acts()).filter(act -> isCall(act.operation())).toList();
        List<List<Stage.Act>> groups = List.copyOf(Arrays.stream(stage.acts())
                .collect(Collectors.groupingBy(Stage.Act::group, TreeMap::new, Collectors.toList()))
                .values());
        List<List<Stage.Act>> kinds = List.copyOf(calls.stream()
                .collect(Collectors.groupingBy(Stage.Act::kind, TreeMap::new, Collectors.toList()))
                .values());
        List<Stage.Act> useful = new ArrayList<>();
        State state = stage.initial().snapshot();
        State tried = stage.initial().snapshot();
        for (int i = 0; i < STEPS; i++) {
            if (i % STEPS_OF_A_RUN == 0) {
                state.restore(stage.initial());
                useful.clear();
            }
            for (int call = 0; call < CALLS && !kinds.isEmpty(); call++) {
                tried.restore(state);
                attempt(stage, one(one(kinds, random), random), state, tried);
            }
            Stage.Act act = !useful.isEmpty() && random.nextInt(3) == 0
                    ? one(useful, random)
                    : one(one(groups, random), random);
            boolean away = stage.machine()
                    .find(Cpus.class)
                    .filter(cpus -> cpus.isWithHost(state, act.actor().index()))
                    .isPresent();
            if (!away) {
                tried.restore(state);
                if (attempt(stage, act, state, tried) == 0 && !tried.sameWords(state)) {
                    useful.add(act);
                }
                state.restore(tried);
            }
        }
    }

    private static <T> T one(List<T> all, Random random) {
        return all.get(random.nextInt(all.size()));
    }

    private long attempt(Stage stage, Stage.Act act, State before, State after) {
        long code = act.step().take(after);
        after.forgetObserved();
        if (!isCall(act.operation()) || !hasFailed(act.operation(), code)) {
            return code;
        }
        String mnemonic = act.operation().mnemonic();
        String result = result(act.operation(), code);
        failures++;
        failed.add(mnemonic + " " + result);
        if (!after.sameWords(before)) {
            List<Layout.Change> changes = stage.layout().diff(before, after);
            Optional<Exception> exception = Arrays.stream(Exception.values())
                    .filter(one -> one.covers(mnemonic, result, changes))
                    .findFirst();
            assertThat(exception)
                    .as(() -> "%s: %s ends with %s and changes %s"
                            .formatted(stage.scene().name(), act.operation(), result, changes))
                    .isPresent();
            seen.merge(exception.orElseThrow(), 1, Integer::sum);
        }
        return code;
    }

    private static boolean isCall(Operation<?> operation) {
        return reads(operation)
                || operation.results() instanceof Results.Closed<?>(Class<? extends Enum<?>> type)
                        && RESULTS.contains(type);
    }

    /** Instructions that change nothing, whatever they answer. */
    private static boolean reads(Operation<?> operation) {
        return operation instanceof Rmpread || operation instanceof Rmpquery;
    }

    private static boolean hasFailed(Operation<?> operation, long code) {
        return reads(operation) ? code >= 0 : code > 0;
    }

    private static String result(Operation<?> operation, long code) {
        return operation.results() instanceof Results.Closed<?>(Class<? extends Enum<?>> type)
                ? type.getEnumConstants()[(int) code].name()
                : "a value";
    }
}
