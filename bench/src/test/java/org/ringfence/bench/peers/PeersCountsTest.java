package org.ringfence.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.ringfence.bench.peers.accept.AcceptModel;
import org.ringfence.bench.peers.rmp.RmpModel;
import org.ringfence.checker.explore.Exploration;
import org.ringfence.checker.explore.Explorer;
import org.ringfence.checker.explore.Limits;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.Watcher;
import org.ringfence.machine.operation.Property;

/**
 * The counts that SPIN and TLC report for the same models. SPIN counts the step into the first state as a transition
 * too, and so did whoever wrote down 1,316,089 and 139,076,929 for Rmp; a transition here leads from a state to a
 * state, one less.
 */
class PeersCountsTest {

    @Test
    void acceptWithFourPagesHasThePeersCounts() {
        Exploration found = explore(AcceptModel.of(4, false), 2);

        assertThat(found.states()).isEqualTo(673_978);
        assertThat(found.transitions()).isEqualTo(4_376_918);
        assertThat(found.exact()).isTrue();
        assertThat(found.breaches()).isEmpty();
        assertThat(Property.INTEGRITY.isExercisedIn(found.exercised())).isTrue();
    }

    @Test
    void acceptWithFramesNotToldApartHasTheCanonicalCounts() {
        assertThat(explore(AcceptModel.of(4, true), 1).states()).isEqualTo(9_418);
        assertThat(explore(AcceptModel.of(5, true), 2).states()).isEqualTo(53_629);
        assertThat(explore(AcceptModel.of(6, true), 2).states()).isEqualTo(297_762);
    }

    @Test
    void rmpWithTwoPagesHasThePeersCounts() {
        Exploration found = explore(RmpModel.of(3, 2, false), 1);

        assertThat(found.states()).isEqualTo(84_720);
        assertThat(found.transitions()).isEqualTo(1_316_089 - 1);
    }

    @Test
    void rmpWithThreePagesHasThePeersCounts() {
        Exploration found = explore(RmpModel.of(3, 3, false), 2);

        assertThat(found.states()).isEqualTo(6_382_720);
        assertThat(found.transitions()).isEqualTo(139_076_929 - 1);
    }

    @Test
    @Tag("soak")
    void acceptWithFivePagesHasThePeersCountsWithinTwentyFourBytesAState() {
        Exploration found = explore(AcceptModel.of(5, false), 2);

        assertThat(found.states()).isEqualTo(20_306_447);
        assertThat(found.transitions()).isEqualTo(156_736_432);
        assertThat((double) found.bytes() / found.states()).isLessThanOrEqualTo(24);
    }

    private static Exploration explore(Model model, int threads) {
        Limits limits = new Limits(Limits.NARROW, 8L << 30, Duration.ofMinutes(10), threads);
        Exploration found = Explorer.explore(model, limits, Watcher.patient());
        assertThat(found.stop()).isEqualTo(Exploration.Stop.EXHAUSTED);
        return found;
    }
}
