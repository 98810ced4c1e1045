package org.ringfence.bench.peers.accept;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/** What the model's guest does to one page. */
public sealed interface GuestOperation {

    /** Whether the guest's own bit says that the page is accepted. */
    record LoadBit(int page) implements GuestOperation, Operation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptPages memory = machine.part(AcceptPages.class);
            return state -> memory.accepted().get(state, page) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "load bit";
        }
    }

    /** Sets the guest's own bit. */
    record StoreBit(int page) implements GuestOperation, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptPages memory = machine.part(AcceptPages.class);
            return state -> {
                memory.accepted().set(state, page, true);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "store bit";
        }
    }

    /** How an accept ended. */
    enum Accepted {
        SUCCESS,
        ALREADY_ACCEPTED
    }

    /** Accepts the page; waits while it is free or blocked. */
    record Accept(int page) implements GuestOperation, Operation<Accepted> {
        @Override
        public Results<Accepted> results() {
            return new Results.Closed<>(Accepted.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptPages memory = machine.part(AcceptPages.class);
            return state -> accept(memory, state);
        }

        private long accept(AcceptPages memory, State state) {
            return switch (memory.sept().get(state, page)) {
                case PENDING -> {
                    memory.sept().set(state, page, PeerSept.MAPPED);
                    memory.content().set(state, page, Content.ZERO);
                    yield Accepted.SUCCESS.ordinal();
                }
                case MAPPED -> Accepted.ALREADY_ACCEPTED.ordinal();
                case FREE, BLOCKED -> Outcome.WAITS;
            };
        }

        @Override
        public String mnemonic() {
            return "accept";
        }
    }

    /** Writes the secret; false when the page was not accepted. */
    record Write(int page) implements GuestOperation, Operation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptPages memory = machine.part(AcceptPages.class);
            return state -> switch (memory.sept().get(state, page)) {
                case MAPPED -> {
                    memory.content().set(state, page, Content.SECRET);
                    yield 1;
                }
                case PENDING -> 0;
                case FREE, BLOCKED -> Outcome.WAITS;
            };
        }

        @Override
        public String mnemonic() {
            return "write";
        }
    }

    /** What a read saw. */
    enum Seen {
        JUNK,
        ZERO,
        SECRET,
        FAULT
    }

    /** Reads the page; what is not the secret breaks integrity. */
    record Read(int page) implements GuestOperation, Operation<Seen> {
        @Override
        public Results<Seen> results() {
            return new Results.Closed<>(Seen.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptPages memory = machine.part(AcceptPages.class);
            return state -> switch (memory.sept().get(state, page)) {
                case MAPPED -> {
                    int seen = memory.content().ordinal(state, page);
                    state.observe(
                            seen == Content.SECRET.ordinal()
                                    ? Property.INTEGRITY.exercised()
                                    : Property.INTEGRITY.broken());
                    yield seen;
                }
                case PENDING -> Seen.FAULT.ordinal();
                case FREE, BLOCKED -> Outcome.WAITS;
            };
        }

        @Override
        public String mnemonic() {
            return "read";
        }
    }
}
