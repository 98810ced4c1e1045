package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAdd;
import org.ringfence.machine.tdx.seamcall.TdhMrExtend;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;
import org.ringfence.stack.host.kvm.memfd.MemfdOperation;
import org.ringfence.stack.host.kvm.memfd.Populating;

/**
 * KVM_TDX_INIT_MEM_REGION of one page: TDH.MEM.PAGE.ADD copies what userspace has there into the folio, and
 * TDH.MR.EXTEND measures it, 256 bytes at a time. The source must be in memory: it is not faulted in. Source:
 * arch/x86/kvm/vmx/tdx.c, tdx_gmem_post_populate.
 *
 * @param measures KVM_TDX_MEASURE_MEMORY_REGION: without it the page's address is measured alone
 */
public record AddPage(Geometry geometry, boolean measures) implements Populating {
    @Override
    public KvmErrno populate(Cpu cpu, long gpa, Frame folio) {
        if (!cpu.ask(new MemfdOperation.IsPopulated(gpa))) {
            return KvmErrno.ENOMEM;
        }
        Frame source = cpu.ask(new MemfdOperation.GetUserFrame(gpa, geometry));
        KvmErrno added = errno(cpu.ask(new TdhMemPageAdd(gpa, Level.SIZE_4K, folio, source)));
        if (added != KvmErrno.OK || !measures) {
            return added;
        }
        return cpu.call(new Measure(gpa)) ? KvmErrno.OK : KvmErrno.EIO;
    }

    /** Measures all of a page; whether it could. */
    private record Measure(long gpa) implements Routine<Boolean> {
        @Override
        public Boolean run(Cpu cpu) {
            for (int at = 0; at < Geometry.SMALL; at += TdhMrExtend.BYTES) {
                if (cpu.ask(new TdhMrExtend(0, gpa + at)) != TdhMrExtend.Result.TDX_SUCCESS) {
                    return false;
                }
            }
            return true;
        }
    }

    private static KvmErrno errno(TdhMemPageAdd.Result added) {
        return switch (added) {
            case TDX_SUCCESS -> KvmErrno.OK;
            case TDX_OPERAND_BUSY_RDX, TDX_OPERAND_BUSY_R8 -> KvmErrno.EBUSY;
            case TDX_SEAMCALL_VMFAILINVALID,
                    TDX_SYS_SHUTDOWN,
                    TDX_SYS_NOT_READY,
                    TDX_OPERAND_INVALID_RDX,
                    TDX_TD_FATAL,
                    TDX_TD_KEYS_NOT_CONFIGURED,
                    TDX_TDCS_NOT_ALLOCATED,
                    TDX_OP_STATE_INCORRECT,
                    TDX_OPERAND_INVALID_RCX,
                    TDX_EPT_WALK_FAILED_RCX,
                    TDX_EPT_ENTRY_STATE_INCORRECT_RCX,
                    TDX_OPERAND_INVALID_R8,
                    TDX_OPERAND_ADDR_RANGE_ERROR_R8,
                    TDX_PAGE_METADATA_INCORRECT_R8,
                    TDX_MISSING_PAMT_PAGE_PAIR_R8,
                    TDX_OPERAND_INVALID_R9 ->
                KvmErrno.EIO;
        };
    }
}
