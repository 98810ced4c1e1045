package org.ringfence.platform.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Scene;
import org.ringfence.checker.random.Stage;
import org.ringfence.machine.cca.rmi.RmiStatus;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.state.State;

/**
 * A command of the RMM, of the hypervisor or of the Ultravisor that fails changes no word. Families leave out what
 * fails, and rest on that.
 */
class FailingCommandsTest {
    private static final int STEPS = 40_000;
    private static final int STEPS_OF_A_RUN = 300;

    /** What ends with one of these at ordinal 0 has succeeded. */
    private static final Set<Class<?>> RESULTS = Set.of(RmiStatus.class);

    private final Set<String> failed = new TreeSet<>();

    @Test
    void aCommandThatFailsChangesNoWord() {
        for (String name : new String[] {"cca"}) {
            Platform platform = Registry.found().platform(name).orElseThrow();
            platform.scenes().forEach(scene -> walk(platform, scene, new Random(scene.name().hashCode())));
        }

        assertThat(failed).contains(
                "RMI_GRANULE_DELEGATE RMI_ERROR_INPUT",
                "RMI_DATA_CREATE RMI_ERROR_REALM",
                "RMI_DATA_CREATE_UNKNOWN RMI_ERROR_RTT_2",
                "RMI_DATA_CREATE_UNKNOWN RMI_ERROR_RTT_3",
                "RMI_DATA_DESTROY RMI_ERROR_RTT_3",
                "RMI_REALM_ACTIVATE RMI_ERROR_REALM",
                "RMI_REALM_DESTROY RMI_ERROR_REALM",
                "RMI_REC_DESTROY RMI_ERROR_REC",
                "RMI_REC_ENTER RMI_ERROR_REALM_1",
                "RMI_REC_ENTER RMI_ERROR_REC",
                "RMI_RTT_CREATE RMI_ERROR_RTT_2",
                "RMI_RTT_DESTROY RMI_ERROR_RTT_3",
                "RMI_RTT_FOLD RMI_ERROR_RTT_3",
                "RMI_RTT_MAP_UNPROTECTED RMI_ERROR_RTT_3",
                "RMI_RTT_SET_RIPAS RMI_ERROR_REC");
    }

    private void walk(Platform platform, Scene scene, Random random) {
        Stage stage = Stage.of(platform, scene, Guards.allOn());
        State state = stage.initial().snapshot();
        State before = stage.initial().snapshot();
        Stage.Act[] acts = stage.acts();
        int[][] groups = Arrays.stream(acts)
                .collect(Collectors.groupingBy(Stage.Act::group))
                .values()
                .stream()
                .map(group -> group.stream().mapToInt(Stage.Act::index).toArray())
                .toArray(int[][]::new);
        for (int step = 0; step < STEPS; step++) {
            if (step % STEPS_OF_A_RUN == 0) {
                state.restore(stage.initial());
            }
            int[] group = groups[random.nextInt(groups.length)];
            Stage.Act act = acts[group[random.nextInt(group.length)]];
            int actor = act.actor().index();
            Cpus cpus = stage.machine().part(Cpus.class);
            if (cpus.isWithHost(state, actor)) {
                continue;
            }
            if (cpus.status().is(state, actor, Cpus.Status.ANSWERED)) {
                cpus.takeAnswer(state, actor);
            }
            before.restore(state);
            long code = act.step().take(state);
            if (act.operation().results() instanceof Results.Closed<?>(Class<? extends Enum<?>> type)
                    && RESULTS.contains(type)
                    && code > 0) {
                failed.add(act.operation().mnemonic() + " " + type.getEnumConstants()[(int) code].name());
                assertThat(state.sameWords(before))
                        .as(() -> "%s changes %s".formatted(act.operation(), stage.layout().diff(before, state)))
                        .isTrue();
            }
        }
    }
}
