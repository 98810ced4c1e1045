package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.sept.L2Word;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Locks.Kind;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * What every leaf of the host's on a Secure EPT entry checks, in the module's order: the TD and its OP_STATE, the operand, the lock of the tree, the walk, the
 * lock of the entry, the entry's state. Bound to a TD and a logical processor, with the module's checks that are on looked up once.
 *
 * <p>Source: TDX module 1.5.01, helpers.c (check_lock_and_map_explicit_tdr, check_state_map_tdcs_and_lock, lock_sept_check_and_walk_private_gpa).
 */
public record SeptEntryChecks(Tdx tdx, int lp, Sept sept, SeptRule rule, boolean checksState, boolean checksOpState) {

    public static SeptEntryChecks of(Tdx tdx, SeptRule rule, int lp) {
        return new SeptEntryChecks(
                tdx,
                lp,
                tdx.sept(),
                rule,
                rule.guard().map(tdx.guards()::checks).orElse(true),
                tdx.guards().checks(TdxGuard.OP_STATE_IS_ALLOWED));
    }

    /** The TD, for a leaf that holds its TDR as PAGE.ADD does, exclusively, or shared. */
    public Refusal td(State state) {
        Held tdr = rule.tree() == Held.FREE ? Held.EXCLUSIVE : Held.SHARED;
        return tdx.admission().refuses(state, lp, tdr, checksOpState ? rule.opStates() : -1);
    }

    /** Whether the operand is refused. */
    boolean isInvalid(long rcx) {
        return !SeptOperand.isValid(rcx, rule.lowest(), rule.highest(sept.options().highest()))
                || !tdx.options().width().isPrivate(SeptOperand.gpa(rcx));
    }

    /** The tree, the walk and the entry. */
    public Refusal entry(State state, int page, int level) {
        if (tdx.locks().isBusy(state, Kind.SEPT_TREE, rule.tree())) {
            return Refusal.TDX_OPERAND_BUSY_SEPT_TREE;
        }
        if (sept.reached(state, page, level) != level) {
            return Refusal.TDX_EPT_WALK_FAILED_RCX;
        }
        if (isLocked(state, page, level)) {
            return Refusal.TDX_OPERAND_BUSY_RCX;
        }
        SeptState found = sept.state(state, page, level);
        if (rule.allows(found) || !checksState) {
            return Refusal.TDX_SUCCESS;
        }
        return rule == SeptRule.RANGE_BLOCK && found.isBlocked()
                ? Refusal.TDX_GPA_RANGE_ALREADY_BLOCKED_RCX
                : Refusal.TDX_EPT_ENTRY_STATE_INCORRECT_RCX;
    }

    private boolean isLocked(State state, int page, int level) {
        return rule.tree() != Held.FREE
                && sept.keeps(level)
                && sept.table(level).lock().get(state, sept.index(page, level)) != 0;
    }

    /** What the host's attempt to lock the entry leaves behind: where it is taken, a guest gives way from now on; else no more. */
    public void touchLock(State state, int page, int level) {
        if (sept.keeps(level) && sept.options().locks()) {
            SeptTable table = sept.table(level);
            int index = sept.index(page, level);
            table.hostPriority().set(state, index, table.lock().get(state, index) != 0 ? 1 : 0);
        }
    }

    /** RCX and RDX of a leaf that stopped at the entry of L2 VM {@code vm} of {@code level}. */
    void describeL2(State state, int page, int level, int vm, Outputs outputs) {
        L2Word found = sept.l2Word(state, page, level, vm);
        outputs.rcx(found.architectural(tdx.control().isDebug(state)));
        outputs.rdx(level | (long) found.state().architectural() << 8 | (long) vm << 16);
    }

    /** RCX and RDX of a leaf that stopped on its way to the entry, or there. */
    void describe(State state, int page, int level, Outputs outputs) {
        int end = sept.reached(state, page, level);
        SeptState found = sept.state(state, page, end);
        outputs.rcx(sept.word(state, page, end).architectural());
        outputs.rdx(end | (long) found.architectural() << 8);
    }
}
