package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.sept.L2Word;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * How a leaf of the host's gets to a Secure EPT entry, and what it tells of one that it stopped at. Source: TDX module
 * 1.5.01, helpers.c (lock_sept_check_and_walk_private_gpa), tdx_locks.h (sept_lock_acquire_host), sept_state_lookup.c.
 *
 * @param opStates in which the leaf runs, one bit each
 * @param states of entries that it takes, one bit each
 */
public record SeptWalk(Tdx tdx, Sept sept, int opStates, int states) {

    /** For a leaf with this rule, with the module's checks that are on looked up once. */
    static SeptWalk of(Tdx tdx, SeptRule rule) {
        boolean checksState = rule.guard().map(tdx.guards()::checks).orElse(true);
        return new SeptWalk(
                tdx, tdx.sept(), tdx.admission().allowed(rule.opStates()), checksState ? rule.states() : -1);
    }

    /** Whether the walk ends at the entry. */
    boolean reaches(State state, int page, int level) {
        return sept.reached(state, page, level) == level;
    }

    /** Locks the entry. Where it is taken, a guest gives way from now on; else no more. */
    boolean lock(State state, int page, int level) {
        if (!sept.keeps(level) || !sept.options().locks()) {
            return true;
        }
        return lock(state, sept.table(level), sept.index(page, level));
    }

    /** As {@link #lock(State, int, int)}, of an entry of a table. */
    static boolean lock(State state, SeptTable table, int index) {
        boolean isFree = table.lock().get(state, index) == 0;
        table.hostPriority().set(state, index, isFree ? 0 : 1);
        return isFree;
    }

    /** Whether the leaf takes the entry in the state that it has. */
    boolean allows(State state, int page, int level) {
        return (states >> sept.state(state, page, level).ordinal() & 1) != 0;
    }

    /** RCX and RDX describe the entry where the walk ended; answers why. */
    Ending stop(State state, int page, int level, Outputs outputs, Ending why) {
        int end = sept.reached(state, page, level);
        outputs.rcx(sept.word(state, page, end).architectural());
        outputs.rdx(end | (long) sept.state(state, page, end).architectural() << 8);
        return why;
    }

    /**
     * As {@link #stop}, by a leaf that has taken the counter of an unfinished accept out of its copy of the entry.
     * Source: sept_manager.h (sept_cleanup_if_pending).
     */
    Ending stopWithoutCounter(State state, int page, int level, Outputs outputs, Ending why) {
        outputs.rcx(sept.wordWithoutCounter(state, page, level).architectural());
        outputs.rdx(level | (long) sept.state(state, page, level).architectural() << 8);
        return why;
    }

    /** As {@link #stop}, of the entry of L2 VM {@code vm} of {@code level}. */
    Ending stopL2(State state, int page, int level, int vm, Outputs outputs, Ending why) {
        L2Word found = sept.l2Word(state, page, level, vm);
        outputs.rcx(found.architectural(tdx.control().isDebug(state)));
        outputs.rdx(level | (long) found.state().architectural() << 8 | (long) vm << 16);
        return why;
    }
}
