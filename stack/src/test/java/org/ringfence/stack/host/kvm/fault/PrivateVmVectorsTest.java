package org.ringfence.stack.host.kvm.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.host.kvm.fault.HandleFault.Access;
import org.ringfence.stack.host.kvm.fault.PreFaultMemory.PreFaulted;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;
import org.ringfence.stack.sync.GracePeriods;
import org.ringfence.stack.sync.Locks;
import org.ringfence.stack.sync.SequenceCounters;

/**
 * The vectors of KVM's memory attributes and pre-faulting, by their numbers. Source: Linux,
 * tools/testing/selftests/kvm/x86/private_mem_kvm_exits_test.c, pre_fault_memory_test.c; virt/kvm/kvm_main.c.
 */
class PrivateVmVectorsTest {
    private static final Actor VCPU = new Actor(0, Principal.HOST, "vcpu");
    private static final Geometry GEOMETRY = new Geometry(2, 4, 2);

    private record Parts(PrivateVm vm, Locks locks, SequenceCounters counters, GracePeriods grace) {}

    private PrivateVm vm;
    private final List<String> steps = new ArrayList<>();
    private Machine machine;
    private State state;

    @BeforeEach
    void placeTheMachine() {
        Cast cast = Cast.of(List.of(VCPU));
        Layout.Placed<Parts> placed = Layout.of(Layout.Storage.PACKED, GEOMETRY.frames(), 2, declaration -> {
            PrivateVm vm = PrivateVm.declare(declaration, GEOMETRY, 1);
            Machine bare = Machine.of(vm);
            return new Parts(
                    vm,
                    (Locks) Locks.Named.of(FaultProtocol.MMU_LOCK, FaultProtocol.SLOTS_LOCK)
                            .declare(declaration, bare, cast),
                    (SequenceCounters) SequenceCounters.Named.of(FaultProtocol.SEQUENCE)
                            .declare(declaration, bare, cast),
                    (GracePeriods) GracePeriods.PART.declare(declaration, bare, cast));
        });
        Parts parts = placed.machine();
        machine = Machine.of(
                parts.vm(), parts.vm().attributes(), parts.vm().invalidations(), parts.locks(), parts.counters(),
                parts.grace());
        vm = parts.vm();
        state = placed.layout().newState();
    }

    private <R> R ask(Operation<R> operation) {
        return new Running().ask(operation);
    }

    private final class Running extends RunningCpu {
        @Override
        public <R> R ask(Operation<R> operation) {
            steps.add(Form.text(operation));
            long outcome = operation.on(machine, VCPU).take(state);
            assertThat(outcome).as(Form.text(operation)).isNotEqualTo(Outcome.WAITS);
            return operation.results().decode(outcome, this);
        }
    }

    private void givenSlot(SlotState slot) {
        vm.slot().set(state, slot);
    }

    private void givenPrivate(boolean isPrivate) {
        vm.attributes().set(state, 0, isPrivate);
    }

    /** With what KVM_RUN returns for a fault of page 0; empty where it does not. */
    private List<String> exits(Access access) {
        steps.clear();
        new Running().call(new HandleFault(0, access, FaultProtocol.WHOLE));
        return steps.stream().filter(step -> step.startsWith("KVM_RUN")).toList();
    }

    private PreFaulted preFault(long gpa, long size, long flags) {
        return new Running().call(new PreFaultMemory(gpa, size, flags, GEOMETRY, FaultProtocol.WHOLE));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "V26, PLAIN, true,  PRIVATE,      KVM_EXIT_MEMORY_FAULT_PRIVATE",
        "V27, GONE,  true,  PRIVATE,      KVM_EXIT_MEMORY_FAULT_PRIVATE",
        "V27 as the attribute says, GONE, true, AS_ATTRIBUTE, KVM_EXIT_MEMORY_FAULT_PRIVATE",
        "V28, VALID, false, PRIVATE,      KVM_EXIT_MEMORY_FAULT_PRIVATE",
        "V29, VALID, true,  SHARED,       KVM_EXIT_MEMORY_FAULT_SHARED",
    })
    void anAccessThatDoesNotFitLeavesWithItsFlags(
            String vector, SlotState slot, boolean isPrivate, Access access, KvmExit exit) {
        givenSlot(slot);
        givenPrivate(isPrivate);

        assertThat(exits(access)).as(vector)
                .containsExactly("KVM_RUN returns exit=%s gpa=0x0".formatted(Form.print(exit)));
    }

    @Test
    void aSharedAccessNeedsNoGuestMemfd() {
        givenSlot(SlotState.PLAIN);
        givenPrivate(false);

        assertThat(exits(Access.SHARED)).isEmpty();
        assertThat(vm.mapped().get(state, 0)).isEqualTo(PrivateVm.Mapped.SHARED);
    }

    @ParameterizedTest(name = "V31: address {0}, size {1}, attributes {2}, flags {3}")
    @CsvSource({
        "0,      0,      8,    0, EINVAL",
        "0,      0x800,  8,    0, EINVAL",
        "0x800,  0x1000, 8,    0, EINVAL",
        "0,      0x1000, 8,    1, EINVAL",
        "0,      0x1000, 1,    0, EINVAL",
        "0,      0x1000, 0x18, 0, EINVAL",
        "0x1000, -4096,  8,    0, EINVAL",
        "0x2000, -4096,  8,    0, EINVAL",
        "0,      0x1000, 8,    0, OK",
        "0,      0x2000, 0,    0, OK",
    })
    void attributesAreChecked(String address, String size, String attributes, long flags, KvmErrno errno) {
        long bytes = Long.decode(size);
        KvmErrno found = new Running().call(new SetMemoryAttributes(
                Long.decode(address), bytes, Long.decode(attributes), flags, Zap.OfPrivateVm.INSTANCE,
                FaultProtocol.WHOLE));

        assertThat(found).isEqualTo(errno);
    }

    @Test
    void v32APageOfAnotherAttributeForbidsTheLargeMapping() {
        vm.attributes().set(state, 0, false);
        vm.attributes().set(state, 1, false);
        assertThat(ask(new VmOperation.IsMixed(0))).isFalse();

        vm.attributes().set(state, 1, true);

        assertThat(ask(new VmOperation.IsMixed(0))).isTrue();
    }

    @ParameterizedTest(name = "gpa {0}, size {1}, flags {2}")
    @CsvSource({
        "0,      0x1000, 1, EINVAL", "0x800,  0x1000, 0, EINVAL", "0,      0x800,  0, EINVAL",
        "0,      0,      0, EINVAL",
        "0x1000, -4096,  0, EINVAL",
    })
    void preFaultChecksItsRange(String gpa, String size, long flags, KvmErrno errno) {
        assertThat(preFault(Long.decode(gpa), Long.decode(size), flags))
                .isEqualTo(new PreFaulted(errno, Long.decode(size)));
    }

    /** Test 31 of the kernel's. */
    @Test
    void preFaultOfAllPagesLeavesNothing() {
        assertThat(preFault(0, 0x2000, 0)).isEqualTo(new PreFaulted(KvmErrno.OK, 0));
        assertThat(vm.mapped().get(state, 1)).isEqualTo(PrivateVm.Mapped.PRIVATE);
    }

    /** Test 32. */
    @Test
    void preFaultPastTheSlotStopsThere() {
        assertThat(preFault(0x1000, 0x2000, 0)).isEqualTo(new PreFaulted(KvmErrno.OK, 0x1000));
    }

    /** Test 33. */
    @Test
    void preFaultBehindTheSlotFindsNothing() {
        assertThat(preFault(0x2000, 0x1000, 0)).isEqualTo(new PreFaulted(KvmErrno.ENOENT, 0x1000));
    }

    @ParameterizedTest
    @CsvSource({"GONE, false, ENOENT", "GONE, true, EFAULT", "INVALID, true, EAGAIN", "PLAIN, true, EFAULT"})
    void preFaultTellsWhyItCannot(SlotState slot, boolean isPrivate, KvmErrno errno) {
        givenSlot(slot);
        givenPrivate(isPrivate);

        assertThat(preFault(0, 0x1000, 0)).isEqualTo(new PreFaulted(errno, 0x1000));
    }
}
