package org.ringfence.machine.tdx;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;

/**
 * A leaf on another logical CPU of the host begins, or ends, that holds a lock of the TD. Waits where a leaf of that kind could not have the lock, or
 * where there is none to end. Needs {@link TdxFeature#TD_LOCKS}.
 *
 * @param held how, or {@link Locks.Held#FREE} for the leaf's end
 */
public record HoldLock(Locks.Kind kind, Locks.Held held) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        Locks locks = machine.part(Tdx.class).locks();
        if (!locks.kept()) {
            throw new IllegalStateException("the machine has no locks of a TD: it lacks the feature TD_LOCKS");
        }
        return state -> {
            boolean isFree = locks.held().is(state, kind.ordinal(), Locks.Held.FREE);
            if (isFree == (held == Locks.Held.FREE)) {
                return Outcome.WAITS;
            }
            locks.held().set(state, kind.ordinal(), held);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "TD lock";
    }

    @Override
    public String toString() {
        return switch (held) {
            case FREE -> "release " + kind;
            case SHARED -> "hold " + kind + ", shared";
            case EXCLUSIVE -> "hold " + kind;
        };
    }
}
