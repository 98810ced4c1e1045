package org.ringfence.machine.tdx.module;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;

/**
 * A leaf on another logical processor begins, or ends, that holds a lock of the module's. Waits where it could not have
 * the lock, or holds none. Needs {@link ModuleFeature#LOCKS}.
 *
 * @param number of the package, the TDMR or the frame, where there are several
 * @param held how; {@link ModuleLocks.Held#FREE} for the leaf's end
 */
public record HoldModuleLock(ModuleLocks.Kind kind, int number, ModuleLocks.Held held) implements Action {
    @Override
    public Step on(Machine machine, Actor actor) {
        ModuleLocks locks = machine.part(TdxModule.class).locks();
        if (!locks.kept()) {
            throw new IllegalStateException(
                    "the machine has no locks of the module's: it has with tdx-module: {locks: true}");
        }
        int count = locks.count(kind);
        if (number < 0 || number >= count) {
            throw new IllegalArgumentException("%s: the machine has %d locks of that kind".formatted(this, count));
        }
        return state -> {
            boolean isFree = locks.held(state, kind, number) == ModuleLocks.Held.FREE;
            if (isFree == (held == ModuleLocks.Held.FREE)) {
                return Outcome.WAITS;
            }
            locks.set(state, kind, number, held);
            return Done.DONE.ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "module lock";
    }
}
