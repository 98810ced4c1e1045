package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.HostLoad;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.machine.sev.HostStored;
import org.ringfence.machine.sev.Vmrun;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.state.State;

/** An exit saves the registers of a vCPU in its VMSA page, and VMRUN takes them from there. */
class VmsaRegistersTest {
    private static final Frame VMSA = new Frame(0);
    private static final long UNMAPPED = 0x1000;

    private final SnpMachine machine = SnpMachine.of(
            new Geometry(2, 2, 1), RmpOptions.least().withVmpl(2).withVmsa());
    private final State state = machine.newState();

    VmsaRegistersTest() {
        machine.snp().launch(state, 0, 0, Level.SIZE_4K, true);
        machine.ask(state, SnpMachine.GUEST, new Store(0, Value.DATA));
        machine.ask(state, SnpMachine.GUEST, new Rmpadjust(0, Level.SIZE_4K, 1, 0, true));
        exit(SnpMachine.GUEST);
        run(SnpMachine.GUEST);
    }

    private void exit(Actor vcpu) {
        machine.ask(state, vcpu, new Load(UNMAPPED, Mapping.SHARED));
    }

    private void run(Actor vcpu) {
        long result = machine.ask(state, SnpMachine.HOST, new VmrunFromVmsa(vcpu.index(), VMSA));
        assertThat(result).isEqualTo(VmrunResult.RESUMED.ordinal());
    }

    private int registers() {
        return machine.memory().read(state, 0, Snp.GUEST_KEY);
    }

    @Test
    void eachExitSavesOtherRegistersThanTheLastOne() {
        assertThat(registers()).isEqualTo(Value.DATA.ordinal());
        exit(SnpMachine.GUEST);
        assertThat(registers()).isEqualTo(Value.NEWER.ordinal());
        run(SnpMachine.GUEST);
        exit(SnpMachine.GUEST);
        assertThat(registers()).isEqualTo(Value.DATA.ordinal());
    }

    @Test
    void theHostNeitherSeesNorChangesThem() {
        exit(SnpMachine.GUEST);
        state.forgetObserved();
        assertThat(machine.memory().read(state, 0, 0)).isEqualTo(Memory.JUNK);
        machine.ask(state, SnpMachine.HOST, new HostLoad(VMSA));
        assertThat(Property.CONFIDENTIALITY.isBrokenIn(state.observed())).isFalse();
        assertThat(machine.ask(state, SnpMachine.HOST, new HostStore(VMSA, Value.HOST, Level.SIZE_4K)))
                .isEqualTo(HostStored.PAGE_FAULT_RMP.ordinal());
        assertThat(registers()).isEqualTo(Value.NEWER.ordinal());
    }

    @Test
    void aVcpuRunsOnWithTheRegistersThatItLeftWith() {
        exit(SnpMachine.GUEST);
        state.forgetObserved();
        run(SnpMachine.GUEST);
        long observed = state.observed();
        assertThat(Property.FRESHNESS.isBrokenIn(observed)).isFalse();
        assertThat(observed & Property.FRESHNESS.exercised()).isNotZero();
    }

    @Test
    void olderRegistersAreToldWhereAVcpuIsRunFromThem() {
        exit(SnpMachine.GUEST);
        machine.memory().write(state, 0, Value.DATA, Snp.GUEST_KEY);
        state.forgetObserved();
        run(SnpMachine.GUEST);
        long observed = state.observed();
        assertThat(Property.FRESHNESS.isBrokenIn(observed)).isTrue();
        assertThat(Property.INTEGRITY.isBrokenIn(observed)).isFalse();
    }

    @Test
    void resumingAsBeforeReadsThemToo() {
        exit(SnpMachine.GUEST);
        machine.memory().write(state, 0, Value.DATA, Snp.GUEST_KEY);
        state.forgetObserved();
        machine.ask(state, SnpMachine.HOST, new Vmrun(SnpMachine.GUEST.index()));
        assertThat(Property.FRESHNESS.isBrokenIn(state.observed())).isTrue();
    }

    @Test
    void whatTheGuestHasThereItReadsAsTheExitWroteIt() {
        exit(SnpMachine.GUEST);
        run(SnpMachine.GUEST);
        state.forgetObserved();
        assertThat(machine.ask(state, SnpMachine.GUEST, new Load(0))).isEqualTo(Loaded.code(Value.NEWER.ordinal()));
        assertThat(Property.FRESHNESS.isBrokenIn(state.observed())).isFalse();
    }

    @Test
    void anInnerGuestsRegistersAreItsOwn() {
        machine.ask(state, SnpMachine.INNER, new Load(UNMAPPED, Mapping.SHARED));
        exit(SnpMachine.GUEST);
        run(SnpMachine.INNER);
        machine.ask(state, SnpMachine.INNER, new Load(UNMAPPED, Mapping.SHARED));
        assertThat(registers()).isEqualTo(Value.INNER.ordinal());
    }
}
