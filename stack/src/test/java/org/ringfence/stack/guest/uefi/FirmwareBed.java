package org.ringfence.stack.guest.uefi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/** A machine on which firmware's routines run at once; a test sees what they ask. */
public final class FirmwareBed extends RunningCpu {
    private final Machine machine;
    private final State state;
    private final Actor firmware = new Actor(0, Principal.GUEST, "firmware");
    private final List<Operation<?>> asked = new ArrayList<>();
    private int choice;

    private FirmwareBed(Layout.Placed<Machine> placed) {
        this.machine = placed.machine();
        this.state = placed.layout().newState();
    }

    /** A machine of these parts. */
    public static FirmwareBed of(int frames, Function<Declaration, Machine> parts) {
        return new FirmwareBed(Layout.of(Layout.Storage.LARGE, frames, 1, parts));
    }

    /** The part of this type. */
    public <P> P part(Class<P> type) {
        return machine.part(type);
    }

    /** Its state. */
    public State state() {
        return state;
    }

    /** What was asked so far, and forgets it. */
    public List<Operation<?>> asked() {
        List<Operation<?>> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    /** How to choose from now on: this, or the last there is. */
    public void choosing(int number) {
        this.choice = number;
    }

    @Override
    public <R> R ask(Operation<R> operation) {
        asked.add(operation);
        long outcome = operation.on(machine, firmware).take(state);
        int choices = Outcome.choices(outcome);
        if (choices > 0) {
            outcome = Math.min(choice, choices - 1);
        }
        if (outcome < 0) {
            throw new IllegalStateException("'%s' ends with %d".formatted(operation, outcome));
        }
        return operation.results().decode(outcome, this);
    }
}
