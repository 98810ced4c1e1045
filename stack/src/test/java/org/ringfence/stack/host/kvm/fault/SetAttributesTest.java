package org.ringfence.stack.host.kvm.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.sync.Locks;
import org.ringfence.stack.sync.SequenceCounters;

/** What KVM_SET_MEMORY_ATTRIBUTES of a range comes to, step by step. */
class SetAttributesTest {
    private static final Actor VMM = new Actor(0, Principal.HOST, "vmm");
    private static final Geometry GEOMETRY = new Geometry(3, 4, 1);

    private record Parts(PrivateVm vm, Locks locks, SequenceCounters counters) {}

    private final List<String> steps = new ArrayList<>();
    private Machine machine;
    private State state;

    @BeforeEach
    void placeTheMachine() {
        Cast cast = Cast.of(List.of(VMM));
        Layout.Placed<Parts> placed = Layout.of(Layout.Storage.PACKED, GEOMETRY.frames(), 1, declaration -> {
            PrivateVm vm = PrivateVm.declare(declaration, GEOMETRY, 1);
            Machine bare = Machine.of(vm);
            return new Parts(
                    vm,
                    (Locks) Locks.Named.of(FaultProtocol.MMU_LOCK, FaultProtocol.SLOTS_LOCK)
                            .declare(declaration, bare, cast),
                    (SequenceCounters) SequenceCounters.Named.of(FaultProtocol.SEQUENCE)
                            .declare(declaration, bare, cast));
        });
        Parts parts = placed.machine();
        machine = Machine.of(
                parts.vm(), parts.vm().attributes(), parts.vm().invalidations(), parts.locks(), parts.counters());
        state = placed.layout().newState();
    }

    private List<String> set(PageRange range, boolean toPrivate) {
        steps.clear();
        new Recording().call(new SetAttributes(range, toPrivate, Zap.OfPrivateVm.INSTANCE, FaultProtocol.WHOLE));
        return steps;
    }

    private final class Recording extends RunningCpu {
        @Override
        public <R> R ask(Operation<R> operation) {
            steps.add(Form.text(operation));
            return operation.results().decode(operation.on(machine, VMM).take(state), this);
        }
    }

    @Test
    void oneInvalidationCoversARange() {
        assertThat(set(new PageRange(0x1000, 2), false))
                .filteredOn(step -> step.contains("kvm_mmu") || step.startsWith("store "))
                .containsExactly(
                        "kvm_mmu_invalidate_begin gpa=0x1000 pages=2",
                        "kvm_mmu_unmap_gfn_range gpa=0x1000",
                        "kvm_mmu_unmap_gfn_range gpa=0x2000",
                        "store attribute gpa=0x1000 to-private=false",
                        "store attribute gpa=0x2000 to-private=false",
                        "kvm_mmu_invalidate_end");
    }

    @Test
    void whatHasTheAttributeAlreadyIsNotInvalidated() {
        set(new PageRange(0x1000, 2), false);

        assertThat(set(new PageRange(0x1000, 2), false)).noneMatch(step -> step.contains("invalidate"));
    }

    @Test
    void ofAMixedRangeEveryPageIsInvalidated() {
        set(new PageRange(0x1000, 1), false);

        assertThat(set(new PageRange(0x1000, 2), false))
                .contains("kvm_mmu_invalidate_begin gpa=0x1000 pages=2");
    }

    @Test
    void everyPageOfTheRangeIsCoveredMeanwhileAndNoOther() {
        new Recording().ask(new VmOperation.BeginInvalidation(0x1000, 2));

        assertThat(List.of(0L, 0x1000L, 0x2000L))
                .extracting(gpa -> new Recording().ask(new VmOperation.IsInvalidating(gpa)))
                .containsExactly(false, true, true);
    }
}
