package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.snp.adversary.InnerLoad;
import org.ringfence.machine.snp.adversary.InnerStore;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.RmpadjustResult;
import org.ringfence.machine.state.State;

/** Software below VMPL0: every VMPL has its own permissions, and what is refused leaves for the host or is a #VC. */
class InnerGuestsTest {
    private static final Actor VMPL1 = new Actor(1, Principal.INNER_GUEST, "vmpl1", 1);
    private static final Actor VMPL3 = new Actor(1, Principal.INNER_GUEST, "vmpl3", 3);

    private final SnpMachine machine = SnpMachine.of(
            new Geometry(1, 1, 1), RmpOptions.least().withVmpl(1).withVmpl(2).withVmpl(3));
    private final State state = machine.newState();

    InnerGuestsTest() {
        machine.snp().launch(state, 0, 0, Level.SIZE_4K, true);
    }

    private RmpadjustResult adjust(Actor actor, int target, int permissions) {
        Rmpadjust adjustment = new Rmpadjust(0, Level.SIZE_4K, target, permissions, false);
        return RmpadjustResult.values()[(int) machine.ask(state, actor, adjustment)];
    }

    @Test
    void aRefusedAccessOfAnInnerGuestExitsToTheHost() {
        assertThat(machine.ask(state, SnpMachine.INNER, new InnerLoad(0, Mapping.PRIVATE))).isEqualTo(Outcome.EXITS);
        assertThat(machine.exit(state, SnpMachine.INNER)).isEqualTo(ExitReason.NPF_VMPL);
    }

    @Test
    void anUnvalidatedPageIsAVcOfTheInnerGuestsOwn() {
        machine.rmp().setValidated(state, 0, false);
        InnerStore store = new InnerStore(0, Mapping.PRIVATE, Value.INNER);
        assertThat(machine.ask(state, SnpMachine.INNER, store))
                .isEqualTo(AccessAs.Accessed.PAGE_NOT_VALIDATED.ordinal());
    }

    @Test
    void everyVmplCanBeAnActorWithPermissionsOfItsOwn() {
        assertThat(adjust(SnpMachine.GUEST, 1, Permissions.READ)).isEqualTo(RmpadjustResult.SUCCESS);
        assertThat(machine.ask(state, VMPL1, new InnerLoad(0, Mapping.PRIVATE))).isZero();
        assertThat(machine.ask(state, VMPL3, new InnerLoad(0, Mapping.PRIVATE))).isEqualTo(Outcome.EXITS);
        assertThat(machine.ask(state, VMPL1, new InnerStore(0, Mapping.PRIVATE, Value.INNER)))
                .isEqualTo(Outcome.EXITS);
    }

    @Test
    void aVmplGivesALowerOneNoMoreThanItHas() {
        adjust(SnpMachine.GUEST, 1, Permissions.READ);
        assertThat(adjust(VMPL1, 3, Permissions.READ | Permissions.WRITE)).isEqualTo(RmpadjustResult.FAIL_PERMISSION);
        assertThat(adjust(VMPL1, 3, Permissions.READ)).isEqualTo(RmpadjustResult.SUCCESS);
        assertThat(adjust(VMPL3, 1, Permissions.NONE)).isEqualTo(RmpadjustResult.FAIL_PERMISSION);
        assertThat(machine.ask(state, VMPL3, new InnerLoad(0, Mapping.PRIVATE))).isZero();
    }
}
