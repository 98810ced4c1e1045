package org.ringfence.stack.host.kvm.inplace;

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
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.PrivateVm;
import org.ringfence.stack.host.kvm.inplace.ConvertInPlace.Mode;
import org.ringfence.stack.host.kvm.inplace.InPlaceOperation.ReadInPlace;
import org.ringfence.stack.host.kvm.inplace.InPlaceOperation.UseInPlace;
import org.ringfence.stack.host.kvm.inplace.InPlaceOperation.Userspace;
import org.ringfence.stack.sync.Locks;

/** The vectors of conversion in place, by their numbers. Source: the proposal of 2026. */
class InPlaceVectorsTest {
    private static final Actor VMM = new Actor(0, Principal.HOST, "vmm");
    private static final Geometry GEOMETRY = new Geometry(1, 1, 1);

    private record Parts(PrivateVm vm, Locks locks, InPlaceFile file) {}

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
                    (Locks) Locks.Named.of(FaultProtocol.FILE_LOCK).declare(declaration, bare, cast),
                    (InPlaceFile) InPlaceFile.PART.declare(declaration, bare, cast));
        });
        Parts parts = placed.machine();
        machine = Machine.of(parts.vm(), parts.locks(), parts.file());
        state = placed.layout().newState();
    }

    private final class Running extends RunningCpu {
        @Override
        public <R> R ask(Operation<R> operation) {
            steps.add(Form.text(operation));
            long outcome = operation.on(machine, VMM).take(state);
            assertThat(outcome).as(Form.text(operation)).isNotEqualTo(Outcome.WAITS);
            return operation.results().decode(outcome, this);
        }
    }

    private void convert(boolean toPrivate, Mode mode) {
        new Running().call(new ConvertInPlace(0, toPrivate, mode, true, true));
    }

    @Test
    void v38ZerosAreNotPromisedToAPrivatePage() {
        convert(true, Mode.ZERO);

        assertThat(steps).containsExactly("KVM_SET_MEMORY_ATTRIBUTES2 errno=eopnotsupp");
    }

    @Test
    void v39WhatTheHostWroteIsPreserved() {
        new Running().ask(new UseInPlace(0, Userspace.MAP));
        new Running().ask(new UseInPlace(0, Userspace.WRITE));

        convert(true, Mode.PRESERVE);

        assertThat(new Running().ask(new ReadInPlace(0))).isEqualTo(InPlaceFile.Content.SHARED);
    }

    @Test
    void aPinnedPageIsNotMadePrivate() {
        new Running().ask(new UseInPlace(0, Userspace.MAP));
        new Running().ask(new UseInPlace(0, Userspace.PIN));

        convert(true, Mode.PRESERVE);

        assertThat(steps).last().isEqualTo("KVM_SET_MEMORY_ATTRIBUTES2 errno=eagain");
    }
}
