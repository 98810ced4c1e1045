package org.ringfence.stack.guest.svsm;

import java.util.List;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.Table;

/**
 * The lock that keeps PVALIDATE from going on while VMSAs and calling areas change: PVALIDATE of several CPUs holds it
 * shared, CREATE_VCPU, DELETE_VCPU and REMAP_CA alone. Source: COCONUT-SVSM, PVALIDATE_LOCK in
 * kernel/src/protocols/core.rs.
 *
 * @param readers how many hold it shared
 * @param writer whether someone holds it alone
 */
public record CallLock(Bounded readers, Flag writer) {
    /** Brings it. */
    public static final Part PART = Part.of(
            CallLock.class, (declaration, machine, cast) -> declare(declaration, Math.max(1, cast.vcpus())));

    /** Declares the lock of {@code cpus} CPUs. */
    public static CallLock declare(Declaration declaration, int cpus) {
        Table table = declaration.single("PVALIDATE_LOCK");
        return new CallLock(table.bounded("readers", cpus), table.flag("writer"));
    }

    /** Takes it, when nobody is in the way. */
    public record Lock(boolean alone) implements Action {
        @Override
        public List<Part> needs() {
            return List.of(PART);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallLock lock = machine.part(CallLock.class);
            return state -> {
                int held = lock.readers.get(state, 0);
                if (lock.writer.get(state, 0) || alone && held > 0) {
                    return Outcome.WAITS;
                }
                if (alone) {
                    lock.writer.set(state, 0, true);
                } else {
                    lock.readers.set(state, 0, held + 1);
                }
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "lock calls";
        }
    }

    /** Gives it up. */
    public record Unlock(boolean alone) implements Action {
        @Override
        public List<Part> needs() {
            return List.of(PART);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallLock lock = machine.part(CallLock.class);
            return state -> {
                if (alone) {
                    lock.writer.set(state, 0, false);
                } else {
                    lock.readers.set(state, 0, Math.max(0, lock.readers.get(state, 0) - 1));
                }
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "unlock calls";
        }
    }
}
