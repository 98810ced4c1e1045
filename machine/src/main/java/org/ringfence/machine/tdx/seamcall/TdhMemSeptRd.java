package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Ending;
import org.ringfence.machine.tdx.abi.Endings;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.sept.PageAttributes;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.TdLocks.Kind;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.SEPT.RD, SEAMCALL leaf 25: tells a Secure EPT entry, in its architectural form: RCX is the entry without what
 * is the module's own, RDX its level and state. By registers it also tells, of a debug TD, what L1 permits L2 VMs.
 * Source: TDX module 1.5.01, tdh_mem_sept_rd.c.
 *
 * @param td the TD, from 0
 * @param rcx the entry, of any level
 */
public record TdhMemSeptRd(int td, long rcx) implements EntryCall<TdhMemSeptRd.Result> {

    /** How TDH.MEM.SEPT.RD ends. */
    public enum Result implements ModuleStatus {
        TDX_SUCCESS,
        TDX_SEAMCALL_VMFAILINVALID,
        TDX_SYS_SHUTDOWN,
        TDX_SYS_NOT_READY,
        TDX_OPERAND_INVALID_RDX,
        TDX_OPERAND_BUSY_RDX,
        TDX_TD_FATAL,
        TDX_TD_KEYS_NOT_CONFIGURED,
        TDX_TDCS_NOT_ALLOCATED,
        TDX_OPERAND_BUSY_OP_STATE,
        TDX_OP_STATE_INCORRECT,
        TDX_OPERAND_INVALID_RCX,
        TDX_OPERAND_BUSY_SEPT_TREE,
        TDX_EPT_WALK_FAILED_RCX,
        TDX_OPERAND_BUSY_RCX
    }

    /** For the entry of {@code level} at {@code gpa} of TD 0. */
    public TdhMemSeptRd(long gpa, Level level) {
        this(0, SeptOperand.rcx(gpa, level.ordinal()));
    }

    private static final int WORD = 16;
    private static final long VALID = 1L << 15;
    private static final Endings<Result> ENDINGS = Endings.of(Result.class);

    @Override
    public Endings<Result> endings() {
        return ENDINGS;
    }

    @Override
    public SeptRule rule() {
        return SeptRule.SEPT_RD;
    }

    @Override
    public EntryLeaf bindAny(Tdx tdx, int lp) {
        return bind(tdx, lp, false);
    }

    /**
     * It with any operands.
     *
     * @param readsL2 RDX bit 0: whether R8 tells the attributes of L2 VMs
     */
    static EntryLeaf bind(Tdx tdx, int lp, boolean readsL2) {
        return new Bound(tdx, lp, SeptWalk.of(tdx, SeptRule.SEPT_RD), readsL2);
    }

    private record Bound(Tdx tdx, int lp, SeptWalk walk, boolean readsL2) implements EntryLeaf {
        @Override
        public Ending perform(State state, int page, int level, int frame, Outputs outputs) {
            Ending refused = tdx.admission().lockTdr(
                    state, lp, Held.SHARED, Result.TDX_OPERAND_INVALID_RDX, Result.TDX_OPERAND_BUSY_RDX);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            refused = tdx.admission().checkTd(state, walk.opStates(), Result.TDX_OPERAND_BUSY_OP_STATE);
            if (refused != TdxStatus.TDX_SUCCESS) {
                return refused;
            }
            if (readsL2 && !tdx.control().isDebug(state)) {
                return Result.TDX_OPERAND_INVALID_RDX;
            }
            if (page == INVALID) {
                return Result.TDX_OPERAND_INVALID_RCX;
            }
            if (tdx.locks().isBusy(state, Kind.SEPT_TREE, Held.SHARED)) {
                return Result.TDX_OPERAND_BUSY_SEPT_TREE;
            }
            if (!walk.reaches(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_EPT_WALK_FAILED_RCX);
            }
            if (!walk.lock(state, page, level)) {
                return walk.stop(state, page, level, outputs, Result.TDX_OPERAND_BUSY_RCX);
            }
            if (readsL2) {
                outputs.r8(l2Attributes(state, page, level));
            }
            return walk.stop(state, page, level, outputs, Result.TDX_SUCCESS);
        }

        /** 16 bits for each VM, as TDG.MEM.PAGE.ATTR.RD has them; of a table, all permissions. */
        private long l2Attributes(State state, int page, int level) {
            long words = 0;
            boolean isTable = tdx.sept().state(state, page, level).isTable();
            for (int vm = 1; vm <= tdx.l2Vms(state); vm++) {
                if (tdx.sept().isAliased(state, page, level, vm)) {
                    long attributes = isTable
                            ? PageAttributes.PERMISSIONS
                            : tdx.sept().attributes(state, page, level, vm);
                    words |= (attributes | VALID) << vm * WORD;
                }
            }
            return words;
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.SEPT.RD";
    }
}
