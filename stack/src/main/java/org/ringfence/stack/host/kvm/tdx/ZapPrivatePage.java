package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhPhymemPageWbinvdOfTd;
import org.ringfence.stack.host.kvm.tdx.TdxMemory.Zapping;

/**
 * Takes a private 4K page from a TD that runs: TDH.MEM.RANGE.BLOCK, TDH.MEM.TRACK, every vCPU out once,
 * TDH.MEM.PAGE.REMOVE. Nobody tells the caller whether the page is gone: kvm_mmu_unmap_gfn_range cannot fail, and where
 * a leaf has, KVM_BUG_ON makes the VM a dead one, while the file goes on to free the folio. A page that is not there is
 * no failure: KVM sees in its own copy of the tables that there is nothing to take away. Source:
 * arch/x86/kvm/vmx/tdx.c, tdx_sept_remove_private_spte, tdx_track, tdx_no_vcpus_enter_start.
 *
 * @param vcpus of the TD
 * @param frames of the machine
 */
record ZapPrivatePage(long gpa, int vcpus, int frames, Zapping zapping) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        return switch (cpu.ask(new TdhMemRangeBlock(gpa, Level.SIZE_4K))) {
            case TDX_SUCCESS, TDX_GPA_RANGE_ALREADY_BLOCKED_RCX -> remove(cpu);
            case TDX_EPT_ENTRY_STATE_INCORRECT_RCX, TDX_EPT_WALK_FAILED_RCX -> Done.DONE;
            case TDX_OPERAND_BUSY_RDX, TDX_OPERAND_BUSY_OP_STATE, TDX_OPERAND_BUSY_SEPT_TREE, TDX_OPERAND_BUSY_RCX ->
                busy(cpu);
            case TDX_TD_FATAL,
                    TDX_SEAMCALL_VMFAILINVALID,
                    TDX_OPERAND_INVALID_RCX,
                    TDX_OPERAND_INVALID_RDX,
                    TDX_SYS_SHUTDOWN,
                    TDX_SYS_NOT_READY,
                    TDX_TD_KEYS_NOT_CONFIGURED,
                    TDX_TDCS_NOT_ALLOCATED,
                    TDX_OP_STATE_INCORRECT ->
                bugOn(cpu);
        };
    }

    private Done remove(Cpu cpu) {
        if (zapping.tracks()) {
            cpu.ask(new TdhMemTrack());
            kickAll(cpu);
        }
        Frame frame = cpu.ask(new MirrorSpte(gpa, frames));
        return switch (cpu.ask(new TdhMemPageRemove(gpa, Level.SIZE_4K))) {
            case TDX_SUCCESS -> flush(cpu, frame);
            case TDX_TLB_TRACKING_NOT_DONE_RCX -> zapping.tracks() ? cpu.again(this) : bugOn(cpu);
            case TDX_OPERAND_BUSY_RDX, TDX_OPERAND_BUSY_OP_STATE, TDX_OPERAND_BUSY_SEPT_TREE, TDX_OPERAND_BUSY_RCX ->
                busy(cpu);
            case TDX_TD_FATAL,
                    TDX_SEAMCALL_VMFAILINVALID,
                    TDX_EPT_WALK_FAILED_RCX,
                    TDX_EPT_ENTRY_STATE_INCORRECT_RCX,
                    TDX_GPA_RANGE_NOT_BLOCKED_RCX,
                    TDX_OPERAND_INVALID_RCX,
                    TDX_OPERAND_INVALID_RDX,
                    TDX_SYS_SHUTDOWN,
                    TDX_SYS_NOT_READY,
                    TDX_TD_KEYS_NOT_CONFIGURED,
                    TDX_TDCS_NOT_ALLOCATED,
                    TDX_OP_STATE_INCORRECT ->
                bugOn(cpu);
        };
    }

    private Done flush(Cpu cpu, Frame frame) {
        if (!zapping.wbinvd()) {
            return Done.DONE;
        }
        return switch (cpu.ask(new TdhPhymemPageWbinvdOfTd(0, frame))) {
            case TDX_SUCCESS -> Done.DONE;
            case TDX_PAGE_METADATA_INCORRECT_RCX -> bugOn(cpu);
        };
    }

    private Done busy(Cpu cpu) {
        if (!zapping.retries()) {
            return bugOn(cpu);
        }
        kickAll(cpu);
        return cpu.again(this);
    }

    private Done bugOn(Cpu cpu) {
        return zapping.bugOn() ? cpu.call(new BugOn(vcpus)) : Done.DONE;
    }

    private void kickAll(Cpu cpu) {
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            cpu.ask(new KickVcpu(vcpu));
        }
    }
}
