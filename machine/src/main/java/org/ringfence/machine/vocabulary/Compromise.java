package org.ringfence.machine.vocabulary;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Flag;

/** From here on a retroactive principal reads what it should not; it has done nothing of the kind before. */
public record Compromise() implements Action {

    /**
     * Whether it has come to that.
     *
     * @param begun at index 0
     */
    public record Instant(Flag begun) {}

    /** The part of scripts that say when. */
    public static final Part PART = Part.of(
            Instant.class,
            (declaration, machine, cast) -> new Instant(
                    declaration.table("compromise", "", 1).flag("begun")));

    @Override
    public Step on(Machine machine, Actor actor) {
        Flag begun = machine.part(Instant.class).begun();
        return state -> {
            begun.set(state, 0, true);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public List<Part> needs() {
        return List.of(PART);
    }

    @Override
    public String mnemonic() {
        return "compromise";
    }
}
