package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Refusal;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * TDH.MEM.SEPT.RD, SEAMCALL leaf 25: tells a Secure EPT entry, in its architectural form: RCX is the entry without what is the module's own, RDX its level and state. L2 attributes, which
 * it tells of debug TDs alone, are left out. Source: TDX module 1.5.01, tdh_mem_sept_rd.c.
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

    @Override
    public SeptRule rule() {
        return SeptRule.SEPT_RD;
    }

    @Override
    public Class<Result> type() {
        return Result.class;
    }

    @Override
    public EntryWork work(Tdx tdx, int lp) {
        return new Work(SeptEntryChecks.of(tdx, rule(), lp));
    }

    private record Work(SeptEntryChecks gate) implements EntryWork {
        @Override
        public Refusal check(State state, int page, int level) {
            return Refusal.TDX_SUCCESS;
        }

        @Override
        public void commit(State state, int page, int level, int frame, Outputs outputs) {
            gate.describe(state, page, level, outputs);
        }
    }

    @Override
    public String mnemonic() {
        return "TDH.MEM.SEPT.RD";
    }

    @Override
    public String toString() {
        return mnemonic() + Tdx.printed(td) + " " + SeptOperand.print(rcx);
    }
}
