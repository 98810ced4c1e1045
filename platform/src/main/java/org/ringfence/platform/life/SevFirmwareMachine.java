package org.ringfence.platform.life;

import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.sev.Sev;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;

/**
 * An SEV guest of one vCPU whose host has mapped all of its memory. The guest never leaves: its C-bit is its own
 * matter.
 */
record SevFirmwareMachine(Machine machine, State state, Actor vcpu, LifeWatch watch) implements GuestCpu {

    /** A guest with so many 4K pages. */
    static SevFirmwareMachine of(int pages, List<Part> software, LifeWatch watch) {
        Geometry geometry = new Geometry(pages, pages, 1);
        Layout.Placed<Machine> placed = Layout.of(Layout.Storage.LARGE, pages, 1, declaration -> {
            Cpus cpus = Cpus.declare(declaration, 1, 1);
            Memory memory = Memory.declare(declaration, geometry, NestedGuest.GUEST_KEY);
            Machine hardware = Machine.of(
                    cpus,
                    memory,
                    Sev.declare(declaration, geometry, cpus, 0, Optional.empty()),
                    Ledger.declare(declaration, pages));
            return GuestSoftware.brought(declaration, hardware, 1, software);
        });
        State state = Lives.newState(placed.layout());
        Sev sev = placed.machine().part(Sev.class);
        for (int page = 0; page < pages; page++) {
            sev.npt().map(state, page, page, Level.SIZE_4K);
        }
        return new SevFirmwareMachine(placed.machine(), state, new Actor(0, Principal.GUEST, "vCPU 0"), watch);
    }

    @Override
    public long guest(Operation<?> operation) {
        state.forgetObserved();
        long outcome = operation.on(machine, vcpu).take(state);
        watch.performed(vcpu.name(), operation, outcome, state.observed());
        if (outcome < 0) {
            throw new GuestGone("the vCPU cannot go on with '%s'".formatted(Form.text(operation)));
        }
        return outcome;
    }
}
