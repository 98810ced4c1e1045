package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.snp.law.SnpInjectivity;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpread;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.machine.state.State;

/** The RMP names addresses beyond the guest's memory: KVM puts the first VMSA of every vCPU at 0xFFFFFFFFF000. */
class VmsaGpaTest {
    private static final Frame FIRST = new Frame(0);
    private static final Frame SECOND = new Frame(1);

    private final SnpMachine machine = SnpMachine.of(new Geometry(2, 2, 2), RmpOptions.least().withVmsa());
    private final State state = machine.newState();

    private RmpupdateResult assign(Frame frame, Level size) {
        Rmpupdate update = Rmpupdate.assign(frame, ReverseMapTable.VMSA_GPA, size);
        return RmpupdateResult.values()[(int) machine.ask(state, SnpMachine.HOST, update)];
    }

    @Test
    void rmpupdateTakesAGpaBeyondTheGuestsMemory() {
        assertThat(assign(FIRST, Level.SIZE_4K)).isEqualTo(RmpupdateResult.SUCCESS);
        assertThat(machine.rmp().raw(state, 0).q1()).isEqualTo(1L | 0xFFFF_FFFF_F000L | 1L << 51);
        long view = machine.ask(state, SnpMachine.HOST, new Rmpread(FIRST));
        assertThat(Rmpread.view(view).gpa()).isEqualTo(0xFFFF_FFFF_F000L);
        assertThat(machine.rmp().isGuests(state, 0, 0)).isFalse();
        assertThat(machine.rmp().isGuests(state, 0, 1)).isFalse();
    }

    @Test
    void not2MForThatIsNotAligned() {
        assertThat(assign(FIRST, Level.SIZE_2M)).isEqualTo(RmpupdateResult.FAIL_INPUT);
    }

    @Test
    void everyVcpusVmsaMayLieThere() {
        for (Frame frame : new Frame[] {FIRST, SECOND}) {
            assign(frame, Level.SIZE_4K);
            machine.rmp().setValidated(state, frame.index(), true);
            machine.rmp().setVmsa(state, frame.index(), true);
            assertThat(machine.rmp().isGuestsVmsa(state, frame.index())).isTrue();
        }
        assertThat(Property.INJECTIVITY.isBrokenIn(new SnpInjectivity(machine.snp()).judge(state))).isFalse();
    }

    @Test
    void anAddressThatNoEntryHereKeepsIsRefused() {
        assertThatThrownBy(() -> machine.ask(
                state, SnpMachine.HOST, Rmpupdate.assign(FIRST, 0x7FFF_F000L, Level.SIZE_4K)))
                .isInstanceOf(GuestPages.BeyondMemory.class);
    }
}
