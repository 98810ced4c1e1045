package org.ringfence.machine.memory;

import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.ValueNames;

/**
 * What an honest host may expect of its own frames, kept beside the machine to judge what it reads: no hardware has it.
 * A frame that the host has written is owed to it until the host {@linkplain #givenUp gives it up}, to a guest or to
 * the TDX module; until then nobody may change it, nor may it read as something else, nor be poison. Late write-backs
 * of lines under another KeyID do that.
 *
 * @param owed 0 where nothing is; else the ordinal of the {@link Value} plus one
 */
public record HostLedger(Bounded owed) {
    /** Brings it, for software of the host; a machine that keeps one anyway has it already. */
    public static final Part PART = Part.of(
            HostLedger.class,
            (declaration, machine, cast) -> machine.find(HostLedger.class).orElseGet(() -> declare(declaration)));

    /** Declares one entry for each frame. */
    public static HostLedger declare(Declaration declaration) {
        return new HostLedger(
                declaration
                        .perFrame("owed to host")
                        .bounded("value", Value.values().length, ValueNames.orNone("none", Value.class)));
    }

    /** The host stored {@code value}. */
    public void stored(State state, int frame, Value value) {
        owed.set(state, frame, value.ordinal() + 1);
    }

    /** The host copied {@code from} to {@code to}: what it is owed there, it is owed here. */
    public void copied(State state, int from, int to) {
        owed.set(state, to, owed.get(state, from));
    }

    /** The host expects nothing of the frame any more. */
    public void givenUp(State state, int frame) {
        owed.set(state, frame, 0);
    }

    /** The host read {@code found}, an answer of {@link Memory#read}, from its own frame. */
    public void loaded(State state, int frame, int found) {
        int expected = owed.get(state, frame);
        if (expected != 0) {
            state.observe(
                    found == expected - 1 ? Property.HOST_SAFETY.exercised() : Property.HOST_SAFETY.broken());
        }
    }
}
