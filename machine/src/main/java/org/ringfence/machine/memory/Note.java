package org.ringfence.machine.memory;

import java.util.Optional;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Step;

/**
 * What a routine lets the {@link Ledger} know about the page at {@code gpa}. It touches no hardware; without a ledger
 * it does nothing.
 */
public record Note(Kind kind, long gpa) implements Action {

    /** What is noted. */
    public enum Kind {
        /** The routine takes the page for successfully accepted, hence zero. */
        TAKEN_FOR_ACCEPTED,
        /** The routine gives up what it has in the page. */
        GIVEN_UP
    }

    /** The routine takes the page at {@code gpa} for successfully accepted. */
    public static Note takenForAccepted(long gpa) {
        return new Note(Kind.TAKEN_FOR_ACCEPTED, gpa);
    }

    /** The routine gives up what it has in the page at {@code gpa}. */
    public static Note givenUp(long gpa) {
        return new Note(Kind.GIVEN_UP, gpa);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Optional<Ledger> ledger = Ledger.of(machine, actor);
        int page = GuestPages.page(machine.part(Memory.class).geometry(), gpa);
        return state -> {
            if (ledger.isPresent()) {
                switch (kind) {
                    case TAKEN_FOR_ACCEPTED -> ledger.get().takenForAccepted(state, page);
                    case GIVEN_UP -> ledger.get().released(state, page);
                }
            }
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "note";
    }
}
