package org.ringfence.cli.toy;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;

/** What is done to drawers and dials. */
sealed interface DrawerOperation<R> extends Operation<R> {

    /** The owner puts a letter in. */
    record Put(long gpa) implements DrawerOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Drawers drawers = machine.part(Drawers.class);
            int page = GuestPages.page(drawers.geometry(), gpa);
            return state -> {
                drawers.content().set(state, page, Drawers.Content.LETTER);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "PUT";
        }

        @Override
        public String toString() {
            return "PUT(drawer 0x%X)".formatted(gpa);
        }
    }

    /** The owner looks for the letter; a drawer without one breaks freshness. */
    record Look(long gpa) implements DrawerOperation<Drawers.Content> {
        @Override
        public Results<Drawers.Content> results() {
            return new Results.Closed<>(Drawers.Content.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Drawers drawers = machine.part(Drawers.class);
            int page = GuestPages.page(drawers.geometry(), gpa);
            return state -> {
                boolean there = drawers.content().is(state, page, Drawers.Content.LETTER);
                state.observe(there ? Property.FRESHNESS.exercised() : Property.FRESHNESS.broken());
                return drawers.content().ordinal(state, page);
            };
        }

        @Override
        public String mnemonic() {
            return "LOOK";
        }

        @Override
        public String toString() {
            return "LOOK(drawer 0x%X)".formatted(gpa);
        }
    }

    /** The host empties a drawer. */
    record Empty(int page) implements DrawerOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Drawers drawers = machine.part(Drawers.class);
            return state -> {
                drawers.content().set(state, page, Drawers.Content.NOTHING);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "EMPTY";
        }

        @Override
        public String toString() {
            return "EMPTY(drawer %d)".formatted(page);
        }
    }

    /** The host turns a dial. */
    record Turn(int dial) implements DrawerOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            Dials dials = machine.part(Dials.class);
            return state -> {
                dials.position().set(state, dial, (dials.position().get(state, dial) + 1) % Dials.POSITIONS);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "TURN";
        }
    }
}
