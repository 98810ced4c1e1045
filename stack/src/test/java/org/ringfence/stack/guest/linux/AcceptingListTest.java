package org.ringfence.stack.guest.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.linux.AcceptingList.BeginAccepting;
import org.ringfence.stack.guest.linux.AcceptingList.EndAccepting;

/** U10: CPU 0 accepts units 0 to 2; CPU 1 wants unit 2 and waits; CPU 2 wants unit 5 and goes on. */
class AcceptingListTest {
    private static final List<Actor> CPUS = List.of(
            new Actor(0, Principal.GUEST, "cpu 0"), new Actor(1, Principal.GUEST, "cpu 1"),
            new Actor(2, Principal.GUEST, "cpu 2"));

    private final Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, 8, 1, declaration -> {
        Memory memory = Memory.declare(declaration, new Geometry(8, 8, 1), 0);
        Machine hardware = Machine.of(memory);
        return Machine.of(memory, AcceptingList.PART.declare(declaration, hardware, Cast.of(CPUS)));
    });
    private final State state = placed.layout().newState();

    private long ask(int cpu, Operation<?> operation) {
        return operation.on(placed.machine(), CPUS.get(cpu)).take(state);
    }

    @Test
    void u10WhoWantsAUnitThatIsBeingAcceptedWaitsAndOthersGoOn() {
        assertThat(ask(0, new BeginAccepting(0, 3))).isZero();
        assertThat(ask(1, new BeginAccepting(2, 1))).isEqualTo(Outcome.WAITS);
        assertThat(ask(2, new BeginAccepting(5, 1))).isZero();
        assertThat(ask(2, new EndAccepting(5, 1))).isZero();
        assertThat(ask(1, new BeginAccepting(2, 1))).as("another range ended").isEqualTo(Outcome.WAITS);
        assertThat(ask(0, new EndAccepting(0, 3))).isZero();
        assertThat(ask(1, new BeginAccepting(2, 1))).isZero();
    }
}
