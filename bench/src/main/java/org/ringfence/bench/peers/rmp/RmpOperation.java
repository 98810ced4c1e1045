package org.ringfence.bench.peers.rmp;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;

/** The operations of the model. */
public sealed interface RmpOperation extends Action {

    /** The host assigns a frame to a page. */
    record Assign(Frame frame, int page) implements RmpOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            RmpMemory memory = machine.part(RmpMemory.class);
            return state -> {
                memory.assign(state, frame.index(), page);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "assign";
        }
    }

    /** The host maps a page to a frame. */
    record Map(int page, Frame frame) implements RmpOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            RmpMemory memory = machine.part(RmpMemory.class);
            return state -> {
                memory.mapped().set(state, page, frame.index());
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "map";
        }
    }

    /** The host takes a frame back. */
    record Reclaim(Frame frame) implements RmpOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            RmpMemory memory = machine.part(RmpMemory.class);
            return state -> {
                if (!memory.canReclaim(state, frame.index())) {
                    return Outcome.WAITS;
                }
                memory.reclaim(state, frame.index());
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "reclaim";
        }
    }

    /** The guest validates a page. */
    record Validate(int page) implements RmpOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            RmpMemory memory = machine.part(RmpMemory.class);
            return state -> {
                int frame = memory.backing(state, page);
                if (frame == FrameRef.NONE) {
                    return Outcome.WAITS;
                }
                memory.validate(state, page, frame);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "validate";
        }
    }

    /** The guest uses a page. */
    record Use(int page) implements RmpOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            RmpMemory memory = machine.part(RmpMemory.class);
            return state -> {
                int frame = memory.backing(state, page);
                if (frame == FrameRef.NONE || !memory.valid().get(state, frame)) {
                    return Outcome.WAITS;
                }
                memory.used().add(state, page, frame);
                return 0;
            };
        }

        @Override
        public String mnemonic() {
            return "use";
        }
    }
}
