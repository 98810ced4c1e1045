package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;

/**
 * Takes a private page from a running TD: BLOCK, TRACK, every vCPU out once, REMOVE. Source: Linux,
 * arch/x86/kvm/vmx/tdx.c (tdx_sept_remove_private_spte, tdx_track).
 *
 * @param vcpus of the TD
 */
public record RemovePrivatePage(long gpa, Level level, int vcpus) implements Routine<RemovePrivatePage.Result> {

    /** What became of the page. */
    public enum Result {
        /** It is gone, or there was none. */
        GONE,
        /** There is no entry of this level. */
        NO_ENTRY
    }

    @Override
    public Result run(Cpu cpu) {
        return switch (cpu.ask(new TdhMemRangeBlock(gpa, level))) {
            case TDX_SUCCESS, TDX_GPA_RANGE_ALREADY_BLOCKED_RCX -> remove(cpu);
            case TDX_EPT_ENTRY_STATE_INCORRECT_RCX, TDX_TD_FATAL, TDX_SEAMCALL_VMFAILINVALID -> Result.GONE;
            case TDX_EPT_WALK_FAILED_RCX -> Result.NO_ENTRY;
            case TDX_OPERAND_BUSY_RDX, TDX_OPERAND_BUSY_OP_STATE, TDX_OPERAND_BUSY_SEPT_TREE, TDX_OPERAND_BUSY_RCX ->
                cpu.again(this);
            case TDX_OPERAND_INVALID_RCX,
                    TDX_OPERAND_INVALID_RDX,
                    TDX_SYS_SHUTDOWN,
                    TDX_SYS_NOT_READY,
                    TDX_TD_KEYS_NOT_CONFIGURED,
                    TDX_TDCS_NOT_ALLOCATED,
                    TDX_OP_STATE_INCORRECT ->
                throw new Panic("TDH.MEM.RANGE.BLOCK refuses its operands");
        };
    }

    private Result remove(Cpu cpu) {
        if (cpu.ask(new TdhMemTrack()) == TdhMemTrack.Result.TDX_TD_FATAL) {
            return Result.GONE;
        }
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            cpu.ask(new KickVcpu(vcpu));
        }
        return switch (cpu.ask(new TdhMemPageRemove(gpa, level))) {
            case TDX_SUCCESS, TDX_TD_FATAL, TDX_SEAMCALL_VMFAILINVALID -> Result.GONE;
            case TDX_TLB_TRACKING_NOT_DONE_RCX -> cpu.again(this);
            case TDX_OPERAND_BUSY_RDX, TDX_OPERAND_BUSY_OP_STATE, TDX_OPERAND_BUSY_SEPT_TREE, TDX_OPERAND_BUSY_RCX ->
                cpu.again(this);
            case TDX_EPT_WALK_FAILED_RCX,
                    TDX_EPT_ENTRY_STATE_INCORRECT_RCX,
                    TDX_GPA_RANGE_NOT_BLOCKED_RCX,
                    TDX_OPERAND_INVALID_RCX,
                    TDX_OPERAND_INVALID_RDX,
                    TDX_SYS_SHUTDOWN,
                    TDX_SYS_NOT_READY,
                    TDX_TD_KEYS_NOT_CONFIGURED,
                    TDX_TDCS_NOT_ALLOCATED,
                    TDX_OP_STATE_INCORRECT ->
                throw new Panic("TDH.MEM.PAGE.REMOVE fails on a page that was blocked");
        };
    }
}
