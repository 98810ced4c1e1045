package org.ringfence.machine.tdx.seamcall;

import static org.ringfence.machine.tdx.sept.SeptState.BLOCKED;
import static org.ringfence.machine.tdx.sept.SeptState.BLOCKEDW;
import static org.ringfence.machine.tdx.sept.SeptState.FREE;
import static org.ringfence.machine.tdx.sept.SeptState.MAPPED;
import static org.ringfence.machine.tdx.sept.SeptState.NL_BLOCKED;
import static org.ringfence.machine.tdx.sept.SeptState.NL_MAPPED;
import static org.ringfence.machine.tdx.sept.SeptState.PENDING;
import static org.ringfence.machine.tdx.sept.SeptState.PENDING_BLOCKED;
import static org.ringfence.machine.tdx.sept.SeptState.PENDING_BLOCKEDW;
import static org.ringfence.machine.tdx.sept.SeptState.REMOVED;

import java.util.Arrays;
import java.util.Optional;
import org.ringfence.machine.tdx.abi.TdxGuard;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptState;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * The host's leaves on one Secure EPT entry, as the module's tables have them: in which OP_STATEs, at which levels and
 * on which states of the entry. Source: TDX module 1.5.01, op_state_lookup.c, sept_state_lookup.c
 * (seamcall_sept_state_lookup), and the leaf's own file for levels.
 */
public enum SeptRule {
    SEPT_ADD(
            ops(1, 2, 3, 6, 7, 8, 9), 1, Levels.TREE, TdxGuard.SEPT_ADD_ENTRY_IS_FREE,
            states(FREE, NL_MAPPED)),
    PAGE_ADD(ops(1), 0, 0, TdxGuard.PAGE_ADD_ENTRY_IS_FREE, states(FREE)),
    PAGE_AUG(ops(1, 2, 3, 9), 0, 1, TdxGuard.AUG_ENTRY_IS_FREE, states(FREE, REMOVED)),
    RANGE_BLOCK(
            ops(1, 2, 3, 4, 5, 8, 9),
            0,
            Levels.TREE,
            states(NL_MAPPED, MAPPED, BLOCKEDW, PENDING, PENDING_BLOCKEDW)),
    RANGE_UNBLOCK(
            ops(1, 2, 3, 4, 5, 8, 9),
            0,
            Levels.TREE,
            states(NL_BLOCKED, BLOCKED, PENDING_BLOCKED)),
    PAGE_REMOVE(
            ops(1, 2, 3, 4, 5, 8, 9, 10),
            0,
            2,
            states(MAPPED, BLOCKED, BLOCKEDW, PENDING, PENDING_BLOCKED, PENDING_BLOCKEDW)),
    PAGE_PROMOTE(
            ops(1, 2, 3, 4, 5, 8, 9), 1, 2, states(NL_MAPPED, NL_BLOCKED)),
    PAGE_DEMOTE(
            ops(1, 2, 3, 4, 5, 8, 9),
            1,
            2,
            states(MAPPED, BLOCKED, PENDING, PENDING_BLOCKED)),
    PAGE_RELOCATE(
            ops(1, 2, 3, 4, 5, 8, 9),
            0,
            0,
            Arrays.stream(SeptState.values()).filter(SeptState::isLeaf).toArray(SeptState[]::new)),
    SEPT_REMOVE(
            ops(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
            1,
            Levels.TREE,
            states(NL_MAPPED, NL_BLOCKED)),
    SEPT_RD(ops(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 0, Levels.TREE, SeptState.values());

    /** Levels that depend on the TD. */
    private static final class Levels {
        /** The highest level of the tree: 3 or 4. */
        static final int TREE = -1;
    }

    private final int opStates;
    private final int lowest;
    private final int highest;
    private final Optional<TdxGuard> guard;
    private final int states;

    SeptRule(int opStates, int lowest, int highest, SeptState[] states) {
        this(opStates, lowest, highest, Optional.empty(), states);
    }

    SeptRule(int opStates, int lowest, int highest, TdxGuard guard, SeptState[] states) {
        this(opStates, lowest, highest, Optional.of(guard), states);
    }

    SeptRule(int opStates, int lowest, int highest, Optional<TdxGuard> guard, SeptState[] states) {
        this.opStates = opStates;
        this.lowest = lowest;
        this.highest = highest;
        this.guard = guard;
        this.states = Arrays.stream(states).mapToInt(state -> 1 << state.ordinal()).reduce(0, (a, b) -> a | b);
    }

    private static int ops(int... numbers) {
        return Arrays.stream(numbers).map(number -> 1 << number).reduce(0, (a, b) -> a | b);
    }

    private static SeptState[] states(SeptState... states) {
        return states;
    }

    /** OP_STATEs in which the leaf runs, one bit each. */
    int opStates() {
        return opStates;
    }

    /** The page that {@code rcx} names, or {@link EntryLeaf#INVALID}. */
    int page(Tdx tdx, long rcx) {
        int top = highest < 0 ? tdx.sept().options().highest() : highest;
        if (!SeptOperand.isValid(rcx, lowest, top) || !tdx.options().width().isPrivate(SeptOperand.gpa(rcx))) {
            return EntryLeaf.INVALID;
        }
        tdx.sept().require(rcx);
        return tdx.sept().page(rcx);
    }

    /** The check that the entry is in a state for this leaf, where the leaf has a meaning without. */
    Optional<TdxGuard> guard() {
        return guard;
    }

    /** States of entries that the leaf takes, one bit each. */
    int states() {
        return states;
    }
}
