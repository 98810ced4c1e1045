package org.ringfence.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

class TopologyTest {
    private final Layout.Placed<Topology> placed = Layout.of(
            Layout.Storage.PACKED, 1, 1, declaration -> Topology.declare(declaration, List.of(0, 1, 0, 1)));
    private final Topology topology = placed.machine();
    private final State state = placed.layout().newState();

    @Test
    void everyCpuIsOnlineAtFirst() {
        assertThat(topology.packages()).isEqualTo(2);
        assertThat(topology.online(state)).isEqualTo(4);
        assertThat(topology.onlineCpuOf(state, 1)).isEqualTo(1);
    }

    @Test
    void aPackageMayHaveNoCpuOnline() {
        topology.setOnline(state, 1, false);
        assertThat(topology.onlineCpuOf(state, 1)).isEqualTo(3);
        topology.setOnline(state, 3, false);
        assertThat(topology.onlineCpuOf(state, 1)).isEqualTo(-1);
        assertThat(topology.online(state)).isEqualTo(2);
        topology.setOnline(state, 3, true);
        assertThat(topology.onlineCpuOf(state, 1)).isEqualTo(3);
    }

    @Test
    void anActorRunsOnTheCpuOfItsIndex() {
        Machine machine = Machine.of(topology);
        assertThat(Topology.packageOf(machine, new Actor(3, Principal.HOST, "host"))).isEqualTo(1);
        assertThat(Topology.packageOf(machine, new Actor(-1, Principal.HOST, "host"))).isZero();
        assertThat(Topology.packageOf(Machine.of(), new Actor(3, Principal.HOST, "host"))).isZero();
    }

    @Test
    void packagesAreNumberedWithoutAGap() {
        assertThatThrownBy(() -> Layout.of(
                Layout.Storage.PACKED, 1, 1, declaration -> Topology.declare(declaration, List.of(0, 2))))
                .hasMessage("the packages of [0, 2] are not numbered from 0 without a gap");
    }
}
