package org.ringfence.stack.host.kvm.hypercall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.stack.host.kvm.fault.PrivateVm;

/** What a guest gets of KVM_HC_MAP_GPA_RANGE, check by check, and what userspace sees of it. */
class MapGpaRangeTest {
    private static final Actor GUEST = new Actor(0, Principal.GUEST, "vcpu");
    private static final Actor VMM = new Actor(1, Principal.HOST, "vmm");
    private static final Geometry GEOMETRY = new Geometry(2, 4, 1);
    private static final Cast CAST = Cast.of(List.of(GUEST, VMM));

    private record Parts(Cpus cpus, PrivateVm vm, HypercallExits exits) {}

    private Machine machine;
    private State state;

    @BeforeEach
    void placeTheMachine() {
        Layout.Placed<Parts> placed = Layout.of(Layout.Storage.PACKED, GEOMETRY.frames(), 1, declaration -> {
            Cpus cpus = Cpus.declare(declaration, 2, HypercallReturn.ANYTHING.ordinal(), HypercallReturn.names());
            PrivateVm vm = PrivateVm.declare(declaration, GEOMETRY, 2);
            return new Parts(
                    cpus, vm,
                    (HypercallExits) HypercallExits.PART.declare(declaration, Machine.of(cpus, vm), CAST));
        });
        machine = Machine.of(placed.machine().cpus(), placed.machine().vm(), placed.machine().exits());
        state = placed.layout().newState();
    }

    private long take(Actor actor, Operation<?> operation) {
        return operation.on(machine, actor).take(state);
    }

    private void enable() {
        assertThat(take(VMM, new EnableExitHypercall(1L << 12)))
                .isEqualTo(EnableExitHypercall.Enabled.OK.ordinal());
    }

    @ParameterizedTest
    @CsvSource({
        "true,  3, 0x1000, 1, EPERM",
        "true,  1, 0x1001, 0, EPERM",
        "false, 3, 0x1000, 1, EPERM",
        "false, 0, 0x1000, 1, ENOSYS",
        "false, 0, 0x1001, 0, ENOSYS",
        "true,  0, 0x1001, 1, EINVAL",
        "true,  0, 0x1000, 0, EINVAL",
        "true,  0, 0x1000, -1, EINVAL"
    })
    void kvmRefusesInItsOrder(boolean enabled, int cpl, String gpa, long pages, HypercallReturn expected) {
        if (enabled) {
            enable();
        }

        long outcome = take(GUEST, new MapGpaRange(cpl, Long.decode(gpa), pages, MapGpaRange.ENCRYPTED));

        assertThat(HypercallReturn.values()[(int) outcome]).isEqualTo(expected);
        assertThat(take(VMM, new AwaitHypercall(0, GEOMETRY))).isEqualTo(Outcome.WAITS);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0x10, true", "0, 2, 0x11, true", "1, 1, 0x0, false", "0, 2, 0xF, false"})
    void userspaceIsToldTheRangeAndBitFour(int page, int pages, String attributes, boolean toPrivate) {
        enable();

        long outcome = take(GUEST, new MapGpaRange(0, GEOMETRY.gpa(page), pages, Long.decode(attributes)));

        AwaitHypercall exit = new AwaitHypercall(0, GEOMETRY);
        long told = take(VMM, exit);
        assertThat(outcome).isEqualTo(Outcome.CALLS);
        assertThat(exit.results().print(told))
                .isEqualTo(new AwaitHypercall.Request(page, pages, toPrivate).toString());
    }

    @Test
    void theAnswerIsHandedOnAndTheExitIsOver() {
        enable();
        take(GUEST, new MapGpaRange(0, 0, 1, MapGpaRange.ENCRYPTED));

        take(VMM, new AnswerHypercall(0, HypercallReturn.EINVAL));

        assertThat(machine.part(Cpus.class).takeAnswer(state, 0)).isEqualTo(HypercallReturn.EINVAL.ordinal());
        assertThat(take(VMM, new AnswerHypercall(0, HypercallReturn.OK))).isEqualTo(Outcome.WAITS);
    }

    @Test
    void onlyHypercallsThatCanLeaveAreEnabled() {
        assertThat(take(VMM, new EnableExitHypercall(1L << 11)))
                .isEqualTo(EnableExitHypercall.Enabled.EINVAL.ordinal());
        assertThat(take(GUEST, new MapGpaRange(0, 0, 1, 0))).isEqualTo(HypercallReturn.ENOSYS.ordinal());
    }

    @Test
    void pagesThatTheMachineHasNotAreTold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> take(GUEST, new MapGpaRange(0, 0x1000, 2, 0)))
                .withMessage("KVM_HC_MAP_GPA_RANGE of 2 pages from GPA 0x1000 on; the machine has 2 pages");
    }
}
