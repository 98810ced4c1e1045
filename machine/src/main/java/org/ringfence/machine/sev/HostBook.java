package org.ringfence.machine.sev;

import java.util.Optional;
import org.ringfence.machine.memory.HostLedger;
import org.ringfence.machine.memory.HostMemory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.State;

/**
 * What an operation tells the {@link HostLedger} of a host under nested paging. The host is owed what its software
 * wrote to a frame that no guest has; it gives a frame up when it maps it into a guest or assigns it. What a late
 * write-back of a line under the guest's key does to a frame that the host has taken back is found so.
 *
 * @param ledger empty where the machine has none, or the operation is not performed by the host's own software
 */
public record HostBook(NestedGuest guest, Optional<HostLedger> ledger) {

    /** Of an operation by {@code actor}. */
    public static HostBook of(Machine machine, Actor actor) {
        return new HostBook(
                machine.part(NestedGuest.class),
                machine.find(HostLedger.class).filter(_ -> HostMemory.isJudged(actor)));
    }

    /** The host stored {@code value}. What a guest has mapped, it may change. */
    void stored(State state, int frame, Value value) {
        if (ledger.isPresent() && !guest.npt().maps(state, frame)) {
            ledger.get().stored(state, frame, value);
        }
    }

    /** The host read {@code found}. */
    void loaded(State state, int frame, int found) {
        if (ledger.isPresent()) {
            ledger.get().loaded(state, frame, found);
        }
    }

    /** The host copied a frame. */
    public void copied(State state, int from, int to) {
        if (ledger.isPresent() && !guest.npt().maps(state, to)) {
            ledger.get().copied(state, from, to);
        }
    }

    /** The host expects nothing any more of {@code span} frames from {@code frame} on. */
    public void givenUp(State state, int frame, int span) {
        for (int i = 0; ledger.isPresent() && i < span; i++) {
            ledger.get().givenUp(state, frame + i);
        }
    }
}
