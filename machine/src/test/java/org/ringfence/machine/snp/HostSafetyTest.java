package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.HostLoad;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.machine.snp.firmware.HostCopy;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.State;

/** A fault of the host's own software at the RMP hurts the host. Source: Linux, arch/x86/mm/fault.c. */
class HostSafetyTest {
    private static final Frame ASSIGNED = new Frame(0);
    private static final Frame OWN = new Frame(1);
    private static final Actor ADVERSARY = new Actor(-1, Principal.HOST, "host");

    private final SnpMachine machine = SnpMachine.of(new Geometry(2, 2, 2), RmpOptions.least());
    private final State state = machine.newState();

    HostSafetyTest() {
        machine.ask(state, SnpMachine.HOST, Rmpupdate.assign(ASSIGNED, 0, Level.SIZE_4K));
    }

    private long marks(Actor actor, Operation<?> operation) {
        state.forgetObserved();
        machine.ask(state, actor, operation);
        return state.observed() & Property.HOST_SAFETY.broken();
    }

    @Test
    void aStoreOfTheHostToAnAssignedFrameBreaksHostSafety() {
        HostStore store = new HostStore(ASSIGNED, Value.HOST);
        assertThat(marks(SnpMachine.HOST, store)).isEqualTo(Property.HOST_SAFETY.broken());
    }

    @Test
    void soDoesOneThroughA2MMappingOverAnAssignedFrame() {
        HostStore store = new HostStore(OWN, Value.HOST, Level.SIZE_2M);
        assertThat(marks(SnpMachine.HOST, store)).isEqualTo(Property.HOST_SAFETY.broken());
    }

    @Test
    void soDoCopiesAndStoresByLine() {
        assertThat(marks(SnpMachine.HOST, new HostCopy(OWN, ASSIGNED))).isEqualTo(Property.HOST_SAFETY.broken());
        OnLine store = new OnLine(LineInstruction.STORE, ASSIGNED, 0, Value.HOST);
        assertThat(marks(SnpMachine.HOST, store)).isEqualTo(Property.HOST_SAFETY.broken());
        assertThat(machine.memory().read(state, ASSIGNED.index(), 0)).isEqualTo(Value.ZERO.ordinal());
    }

    @Test
    void aStoreToItsOwnFrameIsATestOfHostSafety() {
        assertThat(marks(SnpMachine.HOST, new HostStore(OWN, Value.HOST))).isEqualTo(Property.HOST_SAFETY.exercised());
        assertThat(marks(SnpMachine.HOST, new HostLoad(ASSIGNED))).isZero();
    }

    @Test
    void aHostThatIsNotTrustedHurtsNobodyByItsOwnFault() {
        assertThat(marks(ADVERSARY, new HostStore(ASSIGNED, Value.HOST))).isZero();
    }
}
