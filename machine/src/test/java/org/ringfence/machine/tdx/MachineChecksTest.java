package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Accessed;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.Evict;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/**
 * A TD's page and a host that writes to it, on a machine whose poison sticks, whose processor has the partial-write erratum, and which caches: vectors 63, 64 and 65 of the TDX fact
 * sheet, and what late write-backs do.
 */
class MachineChecksTest {
    private static final Frame FRAME = new Frame(1);
    private static final Actor TD = new Actor(0, Principal.GUEST, "vCPU 0");
    private static final Actor HOST = new Actor(1, Principal.HOST, "host");

    private final Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, 2, 1, declaration -> {
        MemoryOptions options = MemoryOptions.tdx(new KeyIds(0, 1))
                .withPartialWriteErratum()
                .with(CacheOptions.everyLine(1));
        Memory memory = Memory.declare(declaration, new Geometry(2, 2, 1), options);
        Cpus cpus = Cpus.declare(declaration, 1, 0);
        return Machine.of(
                memory, cpus, Tdx.declare(declaration, memory, cpus, 1, Set.of(TdxFeature.EXIT_DETAILS)));
    });
    private final Tdx tdx = placed.machine().part(Tdx.class);
    private final State state = placed.layout().newState();

    @BeforeEach
    void aTdHasStoredToItsPage() {
        tdx.start(state);
        tdx.launch(state, java.util.Optional.empty(), 0, FRAME.index(), Value.LAUNCH);
        assertThat(perform(TD, new Store(0, Value.DATA))).isZero();
        tdx.memory().flush(state, FRAME.index(), 1);
    }

    private long perform(Actor actor, Operation<?> operation) {
        return operation.on(placed.machine(), actor).take(state);
    }

    private Accessed byHost(LineInstruction instruction) {
        return Accessed.values()[(int) perform(HOST, new OnLine(instruction, FRAME, 0, Value.HOST))];
    }

    private boolean broken(Property property) {
        return property.isBrokenIn(state.observed());
    }

    @Test
    void vector63AFullWriteByTheHostIsAMachineCheckInTheTd() {
        assertThat(byHost(LineInstruction.MOVDIR64B)).isEqualTo(Accessed.DONE);

        assertThat(perform(TD, new Load(0))).isEqualTo(Outcome.EXITS);

        assertThat(tdx.fatal().get(state)).isTrue();
        assertThat(tdx.exitReason(state, 0)).isEqualTo(ExitReason.MACHINE_CHECK);
        assertThat(tdx.exitRegisters(state, 0).rax()).isEqualTo(0x6000000500000000L);
        assertThat(broken(Property.AVAILABILITY)).isTrue();
        assertThat(broken(Property.HOST_SAFETY)).isFalse();
        assertThat(byHost(LineInstruction.LOAD)).as("the poison that the TD met stays")
                .isEqualTo(Accessed.MACHINE_CHECK);
    }

    @Test
    void vector64APartialWriteByTheHostIsAMachineCheckOnTheHost() {
        assertThat(byHost(LineInstruction.MOVNTI)).isEqualTo(Accessed.DONE);
        assertThat(broken(Property.HOST_SAFETY)).isFalse();

        assertThat(byHost(LineInstruction.LOAD)).isEqualTo(Accessed.MACHINE_CHECK);

        assertThat(broken(Property.HOST_SAFETY)).isTrue();
        assertThat(tdx.fatal().get(state)).isFalse();
    }

    @Test
    void vector65AHostThatReadsWhatItWroteBeforeTheTdDoesHasItsOwnData() {
        byHost(LineInstruction.MOVDIR64B);

        assertThat(byHost(LineInstruction.LOAD)).isEqualTo(Accessed.DONE);

        assertThat(tdx.memory().look(state, FRAME.index(), 0)).isEqualTo(Value.HOST.ordinal());
        assertThat(broken(Property.HOST_SAFETY)).isFalse();
    }

    @Test
    void aStoreOfTheHostsHurtsTheTdOnlyOnceItIsWrittenBack() {
        byHost(LineInstruction.STORE);
        assertThat(perform(TD, new Load(0))).isEqualTo(Loaded.DATA.ordinal());

        perform(HOST, new Evict(FRAME, 0, 0));

        assertThat(perform(TD, new Load(0))).isEqualTo(Outcome.EXITS);
        assertThat(tdx.fatal().get(state)).isTrue();
    }

    @Test
    void aReadByTheHostIsZeroesAndHurtsNobody() {
        assertThat(tdx.memory().read(state, FRAME.index(), 0)).isEqualTo(Value.ZERO.ordinal());
        assertThat(byHost(LineInstruction.LOAD)).isEqualTo(Accessed.DONE);
        assertThat(perform(TD, new Load(0))).isEqualTo(Loaded.DATA.ordinal());
    }
}
