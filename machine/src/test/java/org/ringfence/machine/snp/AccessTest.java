package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.AnswerVmgexit;
import org.ringfence.machine.sev.AwaitExit;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.sev.SplitNestedPage;
import org.ringfence.machine.sev.VcpuExit;
import org.ringfence.machine.sev.Vmrun;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.State;

/** The access checks (facts/snp.md, section 2.10) beyond the vectors. */
class AccessTest {
    private final SnpMachine machine =
            SnpMachine.of(new Geometry(4, 4, 2), RmpOptions.least().withVmpl(2));
    private final State state = machine.newState();
    private final long gpa1 = machine.snp().geometry().gpa(1);

    @Test
    void anAccessWithoutMappingExitsAndTellsTheCBit() {
        assertThat(machine.ask(state, SnpMachine.GUEST, new Load(gpa1))).isEqualTo(Outcome.EXITS);

        assertThat(machine.exit(state, SnpMachine.GUEST)).isEqualTo(ExitReason.NPF_NOT_PRESENT_PRIVATE);
        assertThat(machine.snp().exits().page().get(state, 0)).isEqualTo(1);
        assertThat(machine.parts().cpus().status().get(state, 0)).isEqualTo(Status.EXITED);

        machine.ask(state, SnpMachine.HOST, new Vmrun(0));
        machine.ask(state, SnpMachine.GUEST, new Load(gpa1, Mapping.SHARED));

        assertThat(machine.exit(state, SnpMachine.GUEST)).isEqualTo(ExitReason.NPF_NOT_PRESENT_SHARED);
    }

    @Test
    void resumingForgetsTheExit() {
        State before = state.snapshot();
        machine.ask(state, SnpMachine.GUEST, new Load(gpa1));

        assertThat(machine.ask(state, SnpMachine.HOST, new Vmrun(0))).isZero();

        assertThat(machine.layout().diff(before, state)).isEmpty();
        assertThat(machine.ask(state, SnpMachine.HOST, new Vmrun(0))).isEqualTo(Outcome.WAITS);
    }

    @Test
    void aTailOfALargePageIsReadThroughItsHead() {
        machine.snp().launch(state, 0, 2, Level.SIZE_2M, true);

        machine.ask(state, SnpMachine.GUEST, new Store(gpa1, Value.DATA));

        assertThat(machine.ask(state, SnpMachine.GUEST, new Load(gpa1))).isEqualTo(Loaded.DATA.ordinal());
        assertThat(machine.memory().read(state, 3, Snp.GUEST_KEY)).isEqualTo(Value.DATA.ordinal());
    }

    @Test
    void a4KMappingOfA2MEntryExitsWithSizemOrAsKvmExpectsWithout() {
        machine.snp().launch(state, 0, 0, Level.SIZE_2M, true);
        machine.ask(state, SnpMachine.HOST, new SplitNestedPage(0));

        machine.ask(state, SnpMachine.GUEST, new Load(gpa1));

        assertThat(machine.exit(state, SnpMachine.GUEST)).isEqualTo(ExitReason.NPF_SIZE_MISMATCH);
        SnpMachine other =
                SnpMachine.of(new Geometry(4, 4, 2), RmpOptions.least().withVmpl(2).withoutSizemOnAccess());
        State fresh = other.newState();
        other.snp().launch(fresh, 0, 0, Level.SIZE_2M, true);
        other.ask(fresh, SnpMachine.HOST, new SplitNestedPage(0));
        other.ask(fresh, SnpMachine.GUEST, new Load(gpa1));
        assertThat(other.exit(fresh, SnpMachine.GUEST)).isEqualTo(ExitReason.NPF_RMP_PRIVATE);
    }

    @Test
    void a2MMappingOf4KEntriesExits() {
        machine.snp().launch(state, 0, 0, Level.SIZE_2M, true);
        machine.ask(state, SnpMachine.HOST, new Psmash(new Frame(0)));

        machine.ask(state, SnpMachine.GUEST, new Load(gpa1));

        assertThat(machine.exit(state, SnpMachine.GUEST)).isEqualTo(ExitReason.NPF_RMP_PRIVATE);

        machine.ask(state, SnpMachine.HOST, new Vmrun(0));
        machine.ask(state, SnpMachine.HOST, new SplitNestedPage(0));
        assertThat(machine.ask(state, SnpMachine.GUEST, new Load(gpa1))).isNotNegative();
    }

    @Test
    void anInnerGuestReachesWhatItWasGrantedUntilItIsRevoked() {
        machine.snp().launch(state, 0, 0, Level.SIZE_4K, true);
        machine.ask(state, SnpMachine.GUEST, new Store(0, Value.DATA));

        assertThat(machine.ask(state, SnpMachine.INNER, new Load(0))).isEqualTo(Outcome.EXITS);
        assertThat(machine.exit(state, SnpMachine.INNER)).isEqualTo(ExitReason.NPF_VMPL);
        machine.ask(state, SnpMachine.HOST, new Vmrun(1));

        machine.ask(state, SnpMachine.GUEST, Rmpadjust.grant(0, Level.SIZE_4K));
        assertThat(machine.ask(state, SnpMachine.INNER, new Load(0))).isEqualTo(Loaded.DATA.ordinal());

        machine.ask(state, SnpMachine.GUEST, Rmpadjust.revoke(0, Level.SIZE_4K));
        assertThat(machine.ask(state, SnpMachine.INNER, new Load(0))).isEqualTo(Outcome.EXITS);
    }

    @Test
    void aReadOnlyGrantRefusesWrites() {
        machine.snp().launch(state, 0, 0, Level.SIZE_4K, true);
        machine.ask(
                state,
                SnpMachine.GUEST,
                new Rmpadjust(0, Level.SIZE_4K, Snp.INNER_VMPL, Permissions.READ, false));

        assertThat(machine.ask(state, SnpMachine.INNER, new Load(0))).isNotNegative();
        assertThat(machine.ask(state, SnpMachine.INNER, new Store(0, Value.INNER))).isEqualTo(Outcome.EXITS);
    }

    @Test
    void sharedReadsOfAnAssignedFrameAreCheckedUnlessTheOptionSaysOtherwise() {
        machine.snp().launch(state, 0, 0, Level.SIZE_4K, true);
        assertThat(machine.ask(state, SnpMachine.GUEST, new Load(0, Mapping.SHARED))).isEqualTo(Outcome.EXITS);

        SnpMachine lenient =
                SnpMachine.of(new Geometry(4, 4, 2), RmpOptions.least().withoutSharedReadCheck());
        State other = lenient.newState();
        lenient.snp().launch(other, 0, 0, Level.SIZE_4K, true);
        lenient.ask(other, SnpMachine.GUEST, new Store(0, Value.DATA));
        assertThat(lenient.ask(other, SnpMachine.GUEST, new Load(0, Mapping.SHARED)))
                .isEqualTo(Loaded.JUNK.ordinal());
        assertThat(lenient.ask(other, SnpMachine.GUEST, new Store(0, Mapping.SHARED, Value.DATA)))
                .isEqualTo(Outcome.EXITS);
    }

    @Test
    void pvalidateOf2MThroughA4KMappingIsASizeMismatch() {
        machine.snp().launch(state, 0, 0, Level.SIZE_2M, false);
        machine.ask(state, SnpMachine.HOST, new SplitNestedPage(0));

        assertThat(machine.ask(state, SnpMachine.GUEST, Pvalidate.validate(0, Level.SIZE_2M)))
                .isEqualTo(PvalidateResult.FAIL_SIZEMISMATCH.ordinal());
    }

    @Test
    void anImmutablePageIsNotTheGuestsToUse() {
        SnpMachine fixing = SnpMachine.of(new Geometry(1, 1, 1), RmpOptions.least().withImmutable());
        State swapped = fixing.newState();
        fixing.snp().launch(swapped, 0, 0, Level.SIZE_4K, true);
        fixing.ask(swapped, SnpMachine.HOST, new Rmpupdate(new Frame(0), true, 0, Level.SIZE_4K, 1, true));
        assertThat(fixing.rmp().pageState(swapped, 0)).isEqualTo(PageState.PRE_SWAP);

        assertThat(fixing.ask(swapped, SnpMachine.GUEST, new Load(0))).isEqualTo(Outcome.EXITS);
        assertThat(fixing.exit(swapped, SnpMachine.GUEST)).isEqualTo(ExitReason.NPF_RMP_PRIVATE);
        assertThat(fixing.ask(swapped, SnpMachine.GUEST, Pvalidate.rescind(0, Level.SIZE_4K))).isEqualTo(Outcome.EXITS);
    }

    @Test
    void onlyVmpl0MakesAPageAVmsa() {
        SnpMachine with = SnpMachine.of(
                new Geometry(1, 1, 1), RmpOptions.least().withVmsa().withVmpl(1).withVmpl(2));
        State fresh = with.newState();
        with.snp().launch(fresh, 0, 0, Level.SIZE_4K, true);
        with.ask(fresh, SnpMachine.GUEST, Rmpadjust.ofRdx(0, Level.SIZE_4K, 0xF01));

        Rmpadjust.perform(fresh, with.snp(), 1, 0, Level.SIZE_4K, 2, Permissions.READ, true);
        assertThat(with.rmp().raw(fresh, 0).vmsa()).isFalse();

        with.ask(fresh, SnpMachine.GUEST, Rmpadjust.ofRdx(0, Level.SIZE_4K, 0x10102));
        assertThat(with.rmp().raw(fresh, 0).vmsa()).isTrue();
    }

    @Test
    void validatingTwiceAnswersCarry() {
        machine.snp().launch(state, 0, 0, Level.SIZE_4K, true);

        assertThat(machine.ask(state, SnpMachine.GUEST, Pvalidate.validate(0, Level.SIZE_4K)))
                .isEqualTo(PvalidateResult.UNCHANGED.ordinal());
        assertThat(machine.ask(state, SnpMachine.INNER, Pvalidate.validate(0, Level.SIZE_4K)))
                .isEqualTo(PvalidateResult.GENERAL_PROTECTION.ordinal());
        assertThat(machine.ask(state, SnpMachine.HOST, Pvalidate.validate(0, Level.SIZE_4K)))
                .isEqualTo(PvalidateResult.GENERAL_PROTECTION.ordinal());
    }

    @Test
    void aPageStateChangeCallsAndTakesWhatTheHostAnswers() {
        PageStateChange request = new PageStateChange(gpa1, PageStateChange.Target.SHARED, Level.SIZE_4K);

        assertThat(machine.ask(state, SnpMachine.GUEST, request)).isEqualTo(Outcome.CALLS);
        assertThat(machine.exit(state, SnpMachine.GUEST)).isEqualTo(ExitReason.PSC_SHARED_4K);
        assertThat(machine.ask(state, SnpMachine.HOST, new Vmrun(0))).isEqualTo(Outcome.WAITS);

        AwaitExit await = new AwaitExit(SnpMachine.VCPUS, machine.snp().geometry());
        long seen = machine.ask(state, SnpMachine.HOST, await);
        assertThat(await.results().print(seen)).isEqualTo(new VcpuExit(0, ExitReason.PSC_SHARED_4K, gpa1).toString());

        assertThat(machine.ask(state, SnpMachine.HOST, new AnswerVmgexit(0, PageStateChange.ERROR))).isZero();
        AnswerVmgexit none = new AnswerVmgexit(0, 1000);
        assertThatThrownBy(() -> machine.ask(state, SnpMachine.HOST, none))
                .hasMessage("answer is 1000; allowed is 0 to 2");
        assertThat(machine.parts().cpus().takeAnswer(state, 0)).isEqualTo(PageStateChange.ERROR);
        assertThat(state.sameWords(machine.newState())).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Principal.class)
    void onlySoftwareInTheGuestHasAVmpl(Principal principal) {
        switch (principal) {
            case GUEST -> assertThat(Snp.vmpl(new Actor(0, principal, "one"))).isZero();
            case INNER_GUEST -> assertThat(Snp.vmpl(new Actor(0, principal, "one"))).isEqualTo(2);
            case HOST, VMM, DEVICE, BUS, HARDWARE ->
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> Snp.vmpl(new Actor(0, principal, "one")))
                        .withMessage("the " + principal + " has no VMPL");
        }
    }
}
