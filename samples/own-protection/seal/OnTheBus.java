package seal;

import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/** What the host does to a frame behind the controller's back. */
public sealed interface OnTheBus extends Action {

    /** Puts contents of its own there, with any tag. */
    record Forge(int frame) implements OnTheBus {
        @Override
        public boolean take(Machine machine, State state) {
            machine.part(Memory.class).write(state, frame, Value.HOST, Seal.KEY);
            machine.part(Seal.class).sealed().set(state, frame, false);
            return true;
        }

        @Override
        public String mnemonic() {
            return "forge";
        }

        @Override
        public String toString() {
            return "forge frame %d".formatted(frame);
        }
    }

    /** Copies what lies there. */
    record Save(int frame) implements OnTheBus {
        @Override
        public boolean take(Machine machine, State state) {
            Seal seal = machine.part(Seal.class);
            Copy copy = machine.part(Copy.class);
            copy.of().set(state, frame);
            copy.contents().set(state, machine.part(Memory.class).value().get(state, frame));
            copy.stored().set(state, seal.stored().get(state, frame));
            copy.sealed().set(state, seal.sealed().get(state, frame));
            return true;
        }

        @Override
        public String mnemonic() {
            return "save";
        }

        @Override
        public String toString() {
            return "save frame %d".formatted(frame);
        }
    }

    /** Puts its copy back where it is from. */
    record Replay(int frame) implements OnTheBus {
        @Override
        public boolean take(Machine machine, State state) {
            Seal seal = machine.part(Seal.class);
            Copy copy = machine.part(Copy.class);
            if (copy.of().get(state) != frame) {
                return false;
            }
            machine.part(Memory.class).write(state, frame, copy.contents().get(state, 0), Seal.KEY);
            seal.stored().set(state, frame, copy.stored().get(state));
            seal.sealed().set(state, frame, copy.sealed().get(state));
            return true;
        }

        @Override
        public String mnemonic() {
            return "replay";
        }

        @Override
        public String toString() {
            return "replay frame %d".formatted(frame);
        }
    }

    /** Which frame. */
    int frame();

    /** Does it, and answers whether it can be done. */
    boolean take(Machine machine, State state);

    /** The same of every frame, for a host that is not trusted. */
    static NumberedFamily ofEach(Machine machine, java.util.function.IntFunction<OnTheBus> operation) {
        int frames = machine.part(Memory.class).geometry().frames();
        return new NumberedFamily(
                Principal.HOST, frames, (state, frame) -> operation.apply(frame).take(machine, state), operation);
    }

    @Override
    default Step on(Machine machine, Actor actor) {
        return state -> take(machine, state) ? Done.DONE.ordinal() : Outcome.WAITS;
    }
}
