package org.ringfence.stack.host.kvm.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.tdx.host.MapShared;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.stack.host.kvm.life.IsVmDead;
import org.ringfence.stack.host.kvm.memfd.Architecture;
import org.ringfence.stack.host.tdx.UnshareRange;

/**
 * What KVM does for TDX: a folio becomes the TD's by TDH.MEM.PAGE.AUG when it is mapped, and the host's again when its
 * mapping is taken away, before it leaves the file. There is no hook for a folio that is made or freed. Source:
 * arch/x86/kvm/vmx/tdx.c, tdx_sept_set_private_spte and tdx_sept_remove_private_spte.
 *
 * <p>Caches are flushed twice: what the host has written to a frame, before TDH.MEM.PAGE.AUG, and what the TD has,
 * after TDH.MEM.PAGE.REMOVE. Source: arch/x86/virt/vmx/tdx/tdx.c, tdx_clflush_page and tdh_phymem_page_wbinvd_hkid.
 * That Linux then clears the page with MOVDIR64B is for processors with the partial-write erratum, and is left out.
 *
 * @param vcpus of the TD
 * @param clflush whether a folio's lines are flushed before it becomes the TD's
 * @param flushes whether shared translations that are taken away are flushed; of no meaning where none are kept
 * @param zapping how a private page is taken away
 */
public record TdxMemory(Geometry geometry, int vcpus, boolean clflush, boolean flushes,
        Zapping zapping) implements Architecture {
    /**
     * How a private page is taken away.
     *
     * @param tracks whether TDH.MEM.TRACK is called and every vCPU kicked out between the blocking and the removal
     * @param retries whether a leaf that answers TDX_OPERAND_BUSY is called again; KVM then keeps vCPUs out
     * @param wbinvd whether TDH.PHYMEM.PAGE.WBINVD is called after the removal
     * @param bugOn whether KVM_BUG_ON ends the VM where a leaf fails
     */
    public record Zapping(boolean tracks, boolean retries, boolean wbinvd, boolean bugOn) {
        /** As KVM does it. */
        public static final Zapping WHOLE = new Zapping(true, true, true, true);
    }

    @Override
    public void prepare(Cpu cpu, long gpa, Frame folio) {}

    @Override
    public boolean isDead(Cpu cpu) {
        return cpu.ask(new IsVmDead());
    }

    @Override
    public boolean invalidate(Cpu cpu, Frame folio) {
        return true;
    }

    @Override
    public void map(Cpu cpu, long gpa, Frame frame, boolean asPrivate) {
        if (asPrivate) {
            augment(cpu, gpa, frame);
        } else {
            cpu.ask(new MapShared(gpa, frame));
        }
    }

    /** A busy leaf is RET_PF_RETRY; a page that is there already was another vCPU's fault. */
    private void augment(Cpu cpu, long gpa, Frame frame) {
        if (clflush) {
            cpu.ask(new OnLine(LineInstruction.CLFLUSH, frame, 0, Value.HOST));
        }
        switch (cpu.ask(new TdhMemPageAug(gpa, Level.SIZE_4K, frame))) {
            case TDX_SUCCESS,
                    TDX_EPT_ENTRY_STATE_INCORRECT_RCX,
                    TDX_OPERAND_BUSY_RDX,
                    TDX_OPERAND_BUSY_OP_STATE,
                    TDX_OPERAND_BUSY_SEPT_TREE,
                    TDX_OPERAND_BUSY_RCX,
                    TDX_OPERAND_BUSY_R8 ->
                {}
            case TDX_EPT_WALK_FAILED_RCX ->
                throw new Panic("a 4K page needs a table of the Secure EPT: none of this host's cases has it add one");
            case TDX_PAGE_METADATA_INCORRECT_R8,
                    TDX_MISSING_PAMT_PAGE_PAIR_R8,
                    TDX_TD_FATAL,
                    TDX_SEAMCALL_VMFAILINVALID,
                    TDX_SYS_SHUTDOWN,
                    TDX_SYS_NOT_READY,
                    TDX_OPERAND_INVALID_RDX,
                    TDX_TD_KEYS_NOT_CONFIGURED,
                    TDX_TDCS_NOT_ALLOCATED,
                    TDX_OP_STATE_INCORRECT,
                    TDX_OPERAND_INVALID_RCX,
                    TDX_OPERAND_INVALID_R8,
                    TDX_OPERAND_ADDR_RANGE_ERROR_R8 ->
                cpu.call(new BugOn(vcpus));
        }
    }

    @Override
    public void zap(Cpu cpu, long gpa, boolean asPrivate) {
        if (asPrivate) {
            cpu.call(new ZapPrivatePage(gpa, vcpus, geometry.frames(), zapping));
        } else {
            cpu.call(new UnshareRange(geometry, gpa, 1, flushes ? vcpus : 0));
        }
    }
}
