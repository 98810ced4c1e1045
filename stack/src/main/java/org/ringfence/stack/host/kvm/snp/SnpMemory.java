package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.machine.snp.rmp.Rmpread;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.stack.host.kvm.fault.VmOperation.IsMixed;
import org.ringfence.stack.host.kvm.memfd.Architecture;
import org.ringfence.stack.host.kvm.memfd.LargeFolio;

/**
 * What KVM does for SEV-SNP: a folio is assigned to the guest at its address before it is mapped, and made the
 * hypervisor's when it is freed. A folio of 2M that nobody has is assigned as a whole, and mapped so unless attributes
 * within it are mixed; a part of it that is freed divides the RMP's entry first. Caches are not flushed: they are
 * coherent across keys wherever Linux runs such guests. Source: arch/x86/kvm/svm/sev.c, sev_gmem_prepare,
 * sev_gmem_invalidate and sev_private_max_mapping_level.
 *
 * @param invalidates whether the RMP is told when a folio is freed
 * @param smashes whether PSMASH divides an entry of 2M before a part of it is the hypervisor's
 * @param largest the size of folios where nothing stands in the way
 */
public record SnpMemory(Geometry geometry, boolean invalidates, boolean smashes, Level largest)
        implements
            Architecture {
    public SnpMemory {
        if (largest == Level.SIZE_2M && !geometry.hasLargePages()) {
            throw new IllegalArgumentException(
                    "folios of 2M need a machine with large pages: 'small-pages-per-large' of 2 at least");
        }
    }

    /** With folios of order 0, as in Linux 6.18. */
    public static SnpMemory of(Geometry geometry, boolean invalidates) {
        return new SnpMemory(geometry, invalidates, true, Level.SIZE_4K);
    }

    private boolean isLarge(Frame folio, Cpu cpu) {
        return largest == Level.SIZE_2M && new Rmpread(folio).ask(cpu).size() == Level.SIZE_2M;
    }

    private Frame head(Frame folio, Cpu cpu) {
        return cpu.ask(new LargeFolio.Head(folio, geometry.frames()));
    }

    private long headGpa(long gpa) {
        return geometry.gpa(geometry.head(geometry.page(gpa)));
    }

    /** An entry that is assigned already is left as it is. */
    @Override
    public void prepare(Cpu cpu, long gpa, Frame folio) {
        if (new Rmpread(folio).ask(cpu).assigned()) {
            return;
        }
        if (largest == Level.SIZE_2M && cpu.ask(new LargeFolio.IsWhole(gpa))) {
            Frame head = head(folio, cpu);
            if (cpu.ask(Rmpupdate.assign(head, headGpa(gpa), Level.SIZE_2M)) == RmpupdateResult.SUCCESS) {
                return;
            }
        }
        if (cpu.ask(Rmpupdate.assign(folio, gpa, Level.SIZE_4K)) != RmpupdateResult.SUCCESS) {
            throw new Panic("RMPUPDATE refuses a folio: KVM_RUN fails, and the VMM gives the VM up");
        }
    }

    @Override
    public boolean invalidate(Cpu cpu, Frame folio) {
        if (!invalidates) {
            return true;
        }
        if (smashes && isLarge(folio, cpu)) {
            cpu.ask(new Psmash(head(folio, cpu)));
        }
        return cpu.ask(Rmpupdate.release(folio, Level.SIZE_4K)) == RmpupdateResult.SUCCESS;
    }

    @Override
    public void map(Cpu cpu, long gpa, Frame frame, boolean asPrivate) {
        if (asPrivate && isLarge(frame, cpu) && !cpu.ask(new IsMixed(gpa))) {
            cpu.ask(new MapNestedPage(headGpa(gpa), head(frame, cpu), Level.SIZE_2M));
        } else {
            cpu.ask(new MapNestedPage(gpa, frame, Level.SIZE_4K));
        }
    }

    @Override
    public void zap(Cpu cpu, long gpa, boolean asPrivate) {
        cpu.ask(new UnmapNestedPage(gpa));
    }
}
