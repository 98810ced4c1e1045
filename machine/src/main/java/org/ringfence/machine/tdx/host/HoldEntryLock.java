package org.ringfence.machine.tdx.host;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.sept.SeptTable.Lock;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * A leaf on another logical CPU begins, or ends, that holds the lock of a Secure EPT entry and changes nothing, for
 * example TDH.MEM.SEPT.RD, or TDG.MEM.PAGE.ATTR.RD on another vCPU: who wants the entry meanwhile is answered
 * TDX_OPERAND_BUSY. A host that found it so goes first: guests give way until it has been there. Source: TDX module
 * 1.5.01, tdx_locks.h (sept_lock_acquire_host, sept_lock_acquire_guest).
 *
 * @param td the TD, from 0
 * @param by whose leaf; {@link Lock#FREE} for its end. Waits where it is so already, or someone else holds the lock
 */
public record HoldEntryLock(int td, long gpa, Level level, Lock by) implements Action {

    /** Of TD 0. */
    public HoldEntryLock(long gpa, Level level, Lock by) {
        this(0, gpa, level, by);
    }

    /** Of TD 0, by the host, or released. */
    public HoldEntryLock(long gpa, Level level, boolean held) {
        this(gpa, level, held ? Lock.HOST : Lock.FREE);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Tdx tdx = Tdx.of(machine, td);
        long rcx = SeptOperand.rcx(gpa, level.ordinal());
        tdx.sept().require(rcx);
        SeptTable table = tdx.sept().table(level.ordinal());
        int index = tdx.sept().index(tdx.sept().page(rcx), level.ordinal());
        if (!tdx.sept().options().locks()) {
            throw new IllegalStateException(
                    "the machine has no locks of entries: it has with tdx: {entry-locks: true}");
        }
        return state -> {
            if (!isPossible(table, state, index, by)) {
                return Outcome.WAITS;
            }
            commit(table, state, index, by);
            return Done.DONE.ordinal();
        };
    }

    public static boolean isPossible(SeptTable table, State state, int index, Lock by) {
        int now = table.lock().get(state, index);
        boolean isFree = now == Lock.FREE.ordinal();
        boolean givesWay = by == Lock.GUEST && table.hostPriority().get(state, index) != 0;
        return isFree != (by == Lock.FREE) && now != SeptTable.BY_LEAF && !givesWay;
    }

    public static void commit(SeptTable table, State state, int index, Lock by) {
        table.lock().set(state, index, by.ordinal());
        if (by == Lock.HOST) {
            table.hostPriority().set(state, index, 0);
        }
    }

    @Override
    public String mnemonic() {
        return "SEPT entry lock";
    }
}
