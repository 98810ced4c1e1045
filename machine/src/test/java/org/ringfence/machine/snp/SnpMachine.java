package org.ringfence.machine.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.CiphertextNote;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** A machine with every part of SEV-SNP, a ledger and a host's note, as tests use it. */
record SnpMachine(Layout layout, Parts parts) {

    static final Actor GUEST = new Actor(0, Principal.GUEST, "guest");
    static final Actor INNER = new Actor(1, Principal.INNER_GUEST, "l2");
    static final Actor HOST = new Actor(2, Principal.HOST, "host");
    static final int VCPUS = 2;

    record Parts(Cpus cpus, Snp snp, Memory memory, Ledger ledger, CiphertextNote note) {
        static Parts declare(Declaration declaration, Geometry geometry, RmpOptions options) {
            Cpus cpus = Cpus.declare(declaration, 3, PageStateChange.KNOWN_ANSWERS);
            return new Parts(
                    cpus,
                    Snp.declare(declaration, geometry, options, cpus, VCPUS),
                    Memory.declare(declaration, geometry, Snp.GUEST_KEY),
                    Ledger.declare(declaration, geometry.pages()),
                    CiphertextNote.declare(declaration, Snp.GUEST_KEY));
        }
    }

    static SnpMachine of(Geometry geometry, RmpOptions options) {
        Layout.Placed<Parts> placed = Layout.of(
                Layout.Storage.PACKED,
                geometry.frames(),
                geometry.smallPerLarge(),
                declaration -> Parts.declare(declaration, geometry, options));
        return new SnpMachine(placed.layout(), placed.machine());
    }

    Snp snp() {
        return parts.snp();
    }

    ReverseMapTable rmp() {
        return parts.snp().rmp();
    }

    Memory memory() {
        return parts.memory();
    }

    Machine machine() {
        return Machine.of(parts.cpus(), parts.snp(), parts.memory(), parts.ledger(), parts.note());
    }

    State newState() {
        return layout.newState();
    }

    /** What {@code actor}'s step ends with. */
    long ask(State state, Actor actor, Operation<?> operation) {
        return operation.on(machine(), actor).take(state);
    }

    /** Why {@code actor} is with the host. */
    ExitReason exit(State state, Actor actor) {
        return parts.snp().exits().reason().get(state, actor.index());
    }
}
