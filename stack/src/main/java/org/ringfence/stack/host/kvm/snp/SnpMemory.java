package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.machine.snp.rmp.Rmpread;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.stack.host.kvm.memfd.Architecture;

/**
 * What KVM does for SEV-SNP: a folio is assigned to the guest at its address before it is mapped, and made the
 * hypervisor's when it is freed. Source: arch/x86/kvm/svm/sev.c, sev_gmem_prepare and sev_gmem_invalidate.
 *
 * @param invalidates whether the RMP is told when a folio is freed
 */
public record SnpMemory(boolean invalidates) implements Architecture {
    /** An entry that is assigned already is left as it is. */
    @Override
    public void prepare(Cpu cpu, long gpa, Frame folio) {
        if (!new Rmpread(folio).ask(cpu).assigned()
                && cpu.ask(Rmpupdate.assign(folio, gpa, Level.SIZE_4K)) != RmpupdateResult.SUCCESS) {
            throw new Panic("RMPUPDATE refuses a folio: KVM_RUN fails, and the VMM gives the VM up");
        }
    }

    @Override
    public boolean invalidate(Cpu cpu, Frame folio) {
        return !invalidates || cpu.ask(Rmpupdate.release(folio, Level.SIZE_4K)) == RmpupdateResult.SUCCESS;
    }

    @Override
    public void map(Cpu cpu, long gpa, Frame frame, boolean asPrivate) {
        cpu.ask(new MapNestedPage(gpa, frame, Level.SIZE_4K));
    }

    @Override
    public void zap(Cpu cpu, long gpa, boolean asPrivate) {
        cpu.ask(new UnmapNestedPage(gpa));
    }
}
