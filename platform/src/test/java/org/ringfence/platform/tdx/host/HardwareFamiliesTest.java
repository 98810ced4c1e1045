package org.ringfence.platform.tdx.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.stack.host.tdx.bringup.CallGoesOn;
import org.ringfence.stack.host.tdx.bringup.EntropyFamily;

/** What happens to a host without anyone's doing is what trying every argument enables, with the same effect. */
public class HardwareFamiliesTest {

    @Test
    void eachFamilyIsEveryArgumentTried() {
        SmallMachine small = SmallMachine.of(2, Map.of("packages", 2, "long-key-config", true, "entropy", true));
        List<Family> families = small.families();
        assertThat(families).hasAtLeastOneElementOfType(CallGoesOn.OfAny.class)
                .hasAtLeastOneElementOfType(EntropyFamily.class);
        Cpus cpus = small.machine().part(Cpus.class);
        TdxModule module = small.machine().part(TdxModule.class);
        int moves = 0;
        for (Cpus.Status status : Cpus.Status.values()) {
            for (int bits = 0; bits < 8; bits++) {
                cpus.status().set(small.state(), 0, status);
                module.noEntropy().set(small.state(), 0, bits & 1);
                module.noEntropy().set(small.state(), 1, bits >>> 1 & 1);
                module.seam().shutDown().set(small.state(), 0, bits >>> 2 != 0);
                for (Family family : families) {
                    List<State> taken = taken(family, small.state());
                    assertThat(taken).hasSize(tried(small, family).size());
                    for (State one : tried(small, family)) {
                        assertThat(taken).anyMatch(one::sameWords);
                    }
                    moves += taken.size();
                }
            }
        }
        // Two packages change in each of 32 states; the call goes on in those of 4 in which the processor runs.
        assertThat(moves).isEqualTo(2 * 32 + 4);
    }

    private static List<State> taken(Family family, State from) {
        State state = from.snapshot();
        Successors successors = new Successors(state);
        successors.begin();
        family.each(state, successors);
        assertThat(state.sameWords(from)).isTrue();
        int width = from.words().length;
        List<State> after = new ArrayList<>();
        for (int i = 0; i < successors.count(); i++) {
            State one = from.snapshot();
            long[] words = Arrays.copyOfRange(successors.words(), i * width, (i + 1) * width);
            System.arraycopy(words, 0, one.words(), 0, width);
            after.add(one);
        }
        return after;
    }

    private static List<State> tried(SmallMachine small, Family family) {
        List<State> after = new ArrayList<>();
        for (int arguments : family.arguments()) {
            State state = small.state().snapshot();
            if (family.operation(arguments).on(small.machine(), family.actor()).take(state) == 0) {
                after.add(state);
            }
        }
        return after;
    }
}
