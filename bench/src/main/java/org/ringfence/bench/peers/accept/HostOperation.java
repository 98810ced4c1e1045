package org.ringfence.bench.peers.accept;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;

/** What the model's host may do. */
public sealed interface HostOperation extends Action {

    /** Backs a free page with an unused frame. */
    record Augment(int page, Frame frame) implements HostOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptPages memory = machine.part(AcceptPages.class);
            return state -> {
                if (!memory.sept().is(state, page, PeerSept.FREE)
                        || (memory.unused(state) >>> frame.index() & 1) == 0) {
                    return Outcome.WAITS;
                }
                memory.augment(state, page, frame.index());
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "aug";
        }
    }

    /** Blocks a pending or mapped page. */
    record Block(int page) implements HostOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptPages memory = machine.part(AcceptPages.class);
            return state -> {
                PeerSept is = memory.sept().get(state, page);
                if (is != PeerSept.PENDING && is != PeerSept.MAPPED) {
                    return Outcome.WAITS;
                }
                memory.block(state, page);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "block";
        }
    }

    /** Removes a blocked page. */
    record Remove(int page) implements HostOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptPages memory = machine.part(AcceptPages.class);
            return state -> {
                if (!memory.sept().is(state, page, PeerSept.BLOCKED)) {
                    return Outcome.WAITS;
                }
                memory.remove(state, page);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "remove";
        }
    }

    /** Reads an unused frame: ciphertext. */
    record ReadUnused(Frame frame) implements HostOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            AcceptPages memory = machine.part(AcceptPages.class);
            return state -> (memory.unused(state) >>> frame.index() & 1) == 0 ? Outcome.WAITS : 0;
        }

        @Override
        public String mnemonic() {
            return "read unused";
        }
    }
}
