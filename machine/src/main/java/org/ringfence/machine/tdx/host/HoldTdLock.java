package org.ringfence.machine.tdx.host;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.TdLocks;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/**
 * A leaf on another logical CPU of the host begins, or ends, that holds a lock of the TD. Waits where a leaf of that
 * kind could not have the lock, or where there is none to end. Needs {@link TdxFeature#TD_LOCKS}.
 *
 * @param td the TD, from 0
 * @param held how, or {@link Held#FREE} for the leaf's end
 */
public record HoldTdLock(int td, TdLocks.Kind kind, Held held) implements Action {

    /** Of TD 0. */
    public HoldTdLock(TdLocks.Kind kind, Held held) {
        this(0, kind, held);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        TdLocks locks = tdx.locks();
        if (!locks.kept()) {
            throw new IllegalStateException("the machine has no locks of a TD: it has with tdx: {td-locks: true}");
        }
        if (kind == TdLocks.Kind.TDR && tdx.root().hasLife()) {
            throw new IllegalStateException("a TD's root page is locked by a lock of the module's on its frame");
        }
        return state -> {
            boolean isFree = locks.held().is(state, kind.ordinal(), Held.FREE);
            if (isFree == (held == Held.FREE)) {
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
}
