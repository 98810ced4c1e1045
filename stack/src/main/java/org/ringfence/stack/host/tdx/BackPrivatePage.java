package org.ringfence.stack.host.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;

/**
 * Gives a TD a page at {@code gpa}, pending. Where there is one already, another vCPU was faster. Source: Linux,
 * arch/x86/kvm/vmx/tdx.c (tdx_mem_page_aug).
 */
public record BackPrivatePage(Geometry geometry, long gpa, Level level) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        Frame frame = cpu.call(new FindFreeFrame(geometry, level));
        return switch (cpu.ask(new TdhMemPageAug(gpa, level, frame))) {
            case TDX_SUCCESS, TDX_EPT_ENTRY_STATE_INCORRECT_RCX, TDX_TD_FATAL, TDX_SEAMCALL_VMFAILINVALID ->
                Done.DONE;
            case TDX_PAGE_METADATA_INCORRECT_R8,
                    TDX_OPERAND_BUSY_RDX,
                    TDX_OPERAND_BUSY_OP_STATE,
                    TDX_OPERAND_BUSY_SEPT_TREE,
                    TDX_OPERAND_BUSY_RCX,
                    TDX_OPERAND_BUSY_R8 ->
                cpu.again(this);
            case TDX_SYS_SHUTDOWN,
                    TDX_SYS_NOT_READY,
                    TDX_OPERAND_INVALID_RDX,
                    TDX_TD_KEYS_NOT_CONFIGURED,
                    TDX_TDCS_NOT_ALLOCATED,
                    TDX_OP_STATE_INCORRECT ->
                throw new Panic("the TD is not in a state to be given pages");
            case TDX_EPT_WALK_FAILED_RCX ->
                throw new Panic(
                        "a 4K page needs a table, or the 2M page there split: neither is in this host's power yet");
            case TDX_MISSING_PAMT_PAGE_PAIR_R8 ->
                throw new Panic("the frame's 2M has no PAMT pages: this host adds none");
            case TDX_OPERAND_INVALID_RCX, TDX_OPERAND_INVALID_R8, TDX_OPERAND_ADDR_RANGE_ERROR_R8 ->
                throw new Panic("TDH.MEM.PAGE.AUG refuses its operands");
        };
    }
}
