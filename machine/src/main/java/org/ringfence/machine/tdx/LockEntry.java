package org.ringfence.machine.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * Another logical CPU of the host begins, or ends, a leaf that holds the lock of a Secure EPT entry and changes nothing, for example TDH.MEM.SEPT.RD:
 * what the guest wants of that entry meanwhile is answered TDX_OPERAND_BUSY. The host's own other leaves are not held up. Source: TDX module
 * 1.5.01, tdx_locks.h (sept_lock_acquire_host, sept_lock_acquire_guest).
 *
 * @param held whether the lock is taken, or released; waits where it is so already
 */
public record LockEntry(long gpa, Level level, boolean held) implements Operation<Done> {
    @Override
    public Results<Done> results() {
        return new Results.Closed<>(Done.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = machine.part(Tdx.class);
        long rcx = SeptOperand.rcx(gpa, level);
        int index = tdx.index(tdx.page(rcx), tdx.builtLevel(rcx));
        if (tdx.table(level).locked().max() == 0) {
            throw new IllegalStateException("the machine has no locks of entries: it lacks the feature ENTRY_LOCKS");
        }
        return state -> {
            if (!isPossible(tdx, state, level, index, held)) {
                return Outcome.WAITS;
            }
            commit(tdx, state, level, index, held);
            return Done.DONE.ordinal();
        };
    }

    static boolean isPossible(Tdx tdx, State state, Level level, int index, boolean held) {
        return tdx.table(level).locked().get(state, index) != (held ? 1 : 0);
    }

    static void commit(Tdx tdx, State state, Level level, int index, boolean held) {
        tdx.table(level).locked().set(state, index, held ? 1 : 0);
    }

    @Override
    public String mnemonic() {
        return "SEPT entry lock";
    }

    @Override
    public String toString() {
        return (held ? "lock" : "unlock") + " the entry of GPA 0x%X %s".formatted(gpa, level);
    }
}
