package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.HostLoad;
import org.ringfence.machine.sev.HostStored;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.adversary.RelocateCiphertext;
import org.ringfence.machine.sev.adversary.ReplayCiphertext;
import org.ringfence.machine.sev.adversary.SaveCiphertext;
import org.ringfence.machine.snp.adversary.InnerLoad;
import org.ringfence.machine.snp.law.SnpInjectivity;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.State;

/** The attacks of the catalogue's SNP rows, step by step by hand: each breaks what its row says, when it says so. */
class AttacksTest {
    private static final Frame FIRST = new Frame(0);
    private static final Frame SECOND = new Frame(2);
    private static final Level SMALL = Level.SIZE_4K;

    private final SnpMachine machine =
            SnpMachine.of(new Geometry(2, 3, 1), RmpOptions.least().withVmpl(2));
    private final State state = machine.newState();

    private long host(Operation<?> operation) {
        return ask(SnpMachine.HOST, operation);
    }

    private long guest(Operation<?> operation) {
        return ask(SnpMachine.GUEST, operation);
    }

    private long ask(Actor actor, Operation<?> operation) {
        state.forgetObserved();
        return machine.ask(state, actor, operation);
    }

    private boolean injective() {
        return !Property.INJECTIVITY.isBrokenIn(new SnpInjectivity(machine.snp()).judge(state));
    }

    private void launchedWithData() {
        machine.snp().launch(state, 0, FIRST.index(), SMALL, true);
        guest(new Store(0, Value.DATA));
    }

    private void remapped() {
        host(Rmpupdate.assign(SECOND, 0, SMALL));
        host(new MapNestedPage(0, SECOND, SMALL));
    }

    @Test
    void revalidateUntrackedLeavesTwoFramesThatTheHostSwapsWithoutAFault() {
        launchedWithData();
        remapped();

        assertThat(guest(Pvalidate.validate(0, SMALL))).isEqualTo(PvalidateResult.CHANGED.ordinal());
        assertThat(injective()).isFalse();

        guest(new Store(0, Value.NEWER));
        host(new MapNestedPage(0, FIRST, SMALL));
        assertThat(guest(new Load(0))).isEqualTo(Loaded.DATA.ordinal());
        assertThat(Property.FRESHNESS.isBrokenIn(state.observed())).isTrue();
    }

    @Test
    void revalidateSameFrameGivesOldContentsBackAndKeepsInjectivity() {
        launchedWithData();
        host(new SaveCiphertext(FIRST));
        guest(new Store(0, Value.NEWER));
        host(Rmpupdate.release(FIRST, SMALL));
        assertThat(host(new ReplayCiphertext())).isZero();
        host(Rmpupdate.assign(FIRST, 0, SMALL));

        assertThat(guest(Pvalidate.validate(0, SMALL))).isEqualTo(PvalidateResult.CHANGED.ordinal());

        assertThat(guest(new Load(0))).isEqualTo(Loaded.DATA.ordinal());
        assertThat(Property.FRESHNESS.isBrokenIn(state.observed())).isTrue();
        assertThat(injective()).isTrue();
    }

    @Test
    void ciphertextIsNotWrittenBackToAnAssignedFrameAndIsJunkElsewhere() {
        launchedWithData();
        host(new SaveCiphertext(FIRST));
        assertThat(host(new ReplayCiphertext())).isEqualTo(HostStored.PAGE_FAULT_RMP.ordinal());

        assertThat(host(new RelocateCiphertext(SECOND))).isZero();
        remapped();
        guest(Pvalidate.validate(0, SMALL));

        assertThat(guest(new Load(0))).isEqualTo(Loaded.JUNK.ordinal());
        assertThat(Property.INTEGRITY.isBrokenIn(state.observed())).isTrue();
    }

    @Test
    void ciphertextCopiedFromWhereItIsJunkMeansAgainWhatItMeantAtItsOwnFrame() {
        launchedWithData();
        host(new SaveCiphertext(FIRST));
        host(new RelocateCiphertext(SECOND));
        guest(new Store(0, Value.NEWER));
        host(new SaveCiphertext(SECOND));
        host(Rmpupdate.release(FIRST, SMALL));

        assertThat(host(new ReplayCiphertext())).isZero();

        assertThat(machine.memory().read(state, FIRST.index(), Snp.GUEST_KEY)).isEqualTo(Value.DATA.ordinal());
    }

    @Test
    void rescindingAnotherFrameThanTheOneValidatedAnswersCarry() {
        launchedWithData();
        remapped();

        assertThat(guest(Pvalidate.rescind(0, SMALL))).isEqualTo(PvalidateResult.UNCHANGED.ordinal());
        assertThat(injective()).isTrue();

        guest(Pvalidate.validate(0, SMALL));
        assertThat(injective()).isFalse();
    }

    @Test
    void sharingWithoutRescindingBreaksOnlyOnceThePageIsPrivateAgain() {
        launchedWithData();
        host(new MapNestedPage(0, SECOND, SMALL));
        assertThat(guest(new Load(0, Mapping.SHARED))).isNotNegative();
        assertThat(injective()).isTrue();

        remapped();
        guest(Pvalidate.validate(0, SMALL));
        assertThat(injective()).isFalse();
    }

    @Test
    void sharingAfterRescindingKeepsInjectivity() {
        launchedWithData();
        guest(Pvalidate.rescind(0, SMALL));
        remapped();
        guest(Pvalidate.validate(0, SMALL));

        assertThat(injective()).isTrue();
    }

    @Test
    void aFrameGivenToTheInnerGuestWithoutAScrubShowsTheMonitorsSecret() {
        launchedWithData();
        host(Rmpupdate.assign(FIRST, machine.snp().geometry().gpa(1), SMALL));
        host(new MapNestedPage(machine.snp().geometry().gpa(1), FIRST, SMALL));
        guest(Pvalidate.validate(machine.snp().geometry().gpa(1), SMALL));
        guest(Rmpadjust.grant(machine.snp().geometry().gpa(1), SMALL));

        assertThat(ask(SnpMachine.INNER, new InnerLoad(machine.snp().geometry().gpa(1), Mapping.PRIVATE)))
                .isZero();

        assertThat(Property.CONFIDENTIALITY.isBrokenIn(state.observed())).isTrue();
    }

    @Test
    void theHostSeesCiphertextOfPrivateAndPlaintextOfSharedPages() {
        launchedWithData();
        host(new HostLoad(FIRST));
        assertThat(Property.CONFIDENTIALITY.isBrokenIn(state.observed())).isFalse();
        assertThat(Property.CONFIDENTIALITY.isExercisedIn(state.observed())).isTrue();

        host(new MapNestedPage(0, SECOND, SMALL));
        guest(new Store(0, Mapping.SHARED, Value.DATA));
        host(new HostLoad(SECOND));
        assertThat(Property.CONFIDENTIALITY.isBrokenIn(state.observed())).isTrue();
    }

    @Test
    void permissionsSurviveRevalidationButNotRmpupdate() {
        launchedWithData();
        guest(Rmpadjust.grant(0, SMALL));
        guest(Pvalidate.rescind(0, SMALL));
        guest(Pvalidate.validate(0, SMALL));
        assertThat(ask(SnpMachine.INNER, new Load(0))).isEqualTo(Loaded.DATA.ordinal());

        host(Rmpupdate.release(FIRST, SMALL));
        host(Rmpupdate.assign(FIRST, 0, SMALL));
        guest(Pvalidate.validate(0, SMALL));
        assertThat(machine.rmp().permissions(state, FIRST.index(), Snp.INNER_VMPL)).isEqualTo(Permissions.NONE);
    }
}
