package org.ringfence.stack.host.kvm.creation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.sev.Vmrun;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** Which VMSA pages KVM takes from a guest. Source: Linux, arch/x86/kvm/svm/sev.c, sev_snp_ap_creation. */
class ApCreationTest {
    private static final Actor BSP = new Actor(0, Principal.GUEST, "bsp");
    private static final Actor AP = new Actor(1, Principal.GUEST, "ap");
    private static final Actor HOST = new Actor(2, Principal.HOST, "host");
    private static final Cast CAST = new Cast(List.of(BSP, AP, HOST), 3);
    private static final Geometry GEOMETRY = new Geometry(4, 4, 2);

    private record Parts(Cpus cpus, Snp snp, Record creation) {
        static Parts declare(Declaration declaration, RmpOptions options) {
            Cpus cpus = Cpus.declare(declaration, 3, PageStateChange.KNOWN_ANSWERS);
            Snp snp = Snp.declare(declaration, GEOMETRY, options, cpus, 2);
            return new Parts(cpus, snp, ApVmsas.PART.declare(declaration, Machine.of(cpus, snp), CAST));
        }
    }

    private final Layout.Placed<Parts> placed = placed(RmpOptions.least().withVmsa());
    private final Parts parts = placed.machine();
    private final State state = placed.layout().newState();

    private static Layout.Placed<Parts> placed(RmpOptions options) {
        return Layout.of(
                Layout.Storage.PACKED,
                GEOMETRY.frames(),
                GEOMETRY.smallPerLarge(),
                declaration -> Parts.declare(declaration, options));
    }

    private long ask(Actor actor, Operation<?> operation) {
        return operation.on(Machine.of(parts.cpus(), parts.snp(), parts.creation()), actor).take(state);
    }

    private ApCreated create(int request, int vcpu, long vmsa) {
        return ApCreated.values()[(int) ask(BSP, new ApCreation(request, vcpu, vmsa, true))];
    }

    private ProtectedState update() {
        return ProtectedState.values()[(int) ask(HOST, new UpdateProtectedState(AP.index()))];
    }

    private void exit() {
        parts.snp().exits().leave(state, AP.index(), Cpus.Status.EXITED, ExitReason.NPF_NOT_PRESENT_SHARED, 0);
    }

    private void makeVmsa() {
        parts.snp().launch(state, 1, 1, Level.SIZE_4K, true);
        parts.snp().rmp().setVmsa(state, 1, true);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 0x1000, OK", "0, 1, 0x1000, OK", "2, 1, 0x0, OK", "1, 1, 0x201000, OK", "1, 1, 0x40001000, OK",
        "1, 1, 0x0, INVALID_INPUT", "1, 1, 0x200000, INVALID_INPUT", "0, 1, 0x200000, INVALID_INPUT",
        "1, 1, 0x1008, INVALID_INPUT", "1, 1, 0x10000000001000, INVALID_INPUT", "1, 7, 0x1000, INVALID_INPUT",
        "3, 1, 0x1000, INVALID_INPUT"
    })
    void aVmsaPageIs4KAlignedAndNot2MAligned(int request, int vcpu, String vmsa, ApCreated expected) {
        assertThat(create(request, vcpu, Long.decode(vmsa))).isEqualTo(expected);
    }

    @Test
    void otherSevFeaturesThanThoseOfTheLaunchAreRefused() {
        assertThat(ask(BSP, new ApCreation(ApCreation.CREATE, 1, 0x1000, false)))
                .isEqualTo(ApCreated.INVALID_INPUT.ordinal());
        assertThat(ask(BSP, new ApCreation(ApCreation.DESTROY, 1, 0x1000, false))).isEqualTo(ApCreated.OK.ordinal());
    }

    @Test
    void theVcpuRunsFromThePageThatTheGuestHasNamed() {
        makeVmsa();
        create(ApCreation.CREATE, AP.index(), 0x1000);
        assertThat(ask(HOST, new UpdateProtectedState(AP.index()))).isEqualTo(Outcome.WAITS);
        exit();
        assertThat(update()).isEqualTo(ProtectedState.RUNNABLE);
        assertThat(update()).isEqualTo(ProtectedState.UNCHANGED);
        assertThat(parts.snp().rmp().vmsas().frame().get(state, AP.index())).isEqualTo(1);
        assertThat(ask(HOST, new Vmrun(AP.index()))).isNotEqualTo(Outcome.WAITS);
    }

    @Test
    void aPageThatIsNoVmsaIsTakenAndDoesNotRun() {
        parts.snp().launch(state, 1, 1, Level.SIZE_4K, true);
        assertThat(create(ApCreation.CREATE, AP.index(), 0x1000)).isEqualTo(ApCreated.OK);
        exit();
        assertThat(update()).isEqualTo(ProtectedState.RUNNABLE);
        assertThat(ask(HOST, new Vmrun(AP.index()))).isEqualTo(Outcome.WAITS);
    }

    @ParameterizedTest
    @CsvSource({"1, 0x40001000", "1, 0x1000", "2, 0x1000"})
    void withoutAPageTheVcpuIsHalted(int request, String vmsa) {
        create(request, AP.index(), Long.decode(vmsa));
        exit();
        assertThat(update()).isEqualTo(ProtectedState.HALTED);
        assertThat(parts.snp().rmp().vmsas().frame().get(state, AP.index())).isEqualTo(FrameRef.NONE);
    }

    @Test
    void aMachineWithoutVmsaPagesHasNoneToCreate() {
        assertThatIllegalArgumentException().isThrownBy(() -> placed(RmpOptions.least()))
                .withMessageContaining("vmsa-pages: true");
    }
}
