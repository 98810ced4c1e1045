package org.ringfence.stack.guest.uefi.dma;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.AcceptPage;
import org.ringfence.stack.guest.acceptance.CarryFlag;
import org.ringfence.stack.guest.acceptance.Policy;
import org.ringfence.stack.guest.acceptance.ValidatePage;
import org.ringfence.stack.guest.uefi.memory.AcceptOnSnp;
import org.ringfence.stack.guest.uefi.memory.AcceptOnTdx;

/**
 * How a page becomes shared with the host and private again, in place. What it held is lost either way: SEV reads it
 * through another key, SEV-SNP promises nothing, TDX zeroes it. A change that fails stops the firmware (CpuDeadLoop),
 * as there is no way back from half of it. Source: edk2, OvmfPkg/IoMmuDxe/CcIoMmu.c,
 * OvmfPkg/Library/BaseMemEncryptSevLib/X64, OvmfPkg/Library/BaseMemEncryptTdxLib.
 */
public enum Protection {
    @Meaning("No confidential hardware: nothing is to be done.")
    NATIVE,
    @Meaning("The C-bit of the firmware's page table changes; the host is not asked.")
    SEV,
    @Meaning("PVALIDATE and the page state change, in opposite order on the way back.")
    SNP,
    @Meaning("MapGPA, and on the way back TDG.MEM.PAGE.ACCEPT.")
    TDX;

    /** Accepts memory from page 1 to {@code pages - 1}, as firmware does before it uses any. */
    public void acceptAll(Cpu cpu, int pages) {
        long size = (pages - 1) * Geometry.SMALL;
        switch (this) {
            case NATIVE, SEV -> {}
            case SNP -> AcceptOnSnp.SNP.accept(cpu, Geometry.SMALL, size);
            case TDX -> new AcceptOnTdx(1).accept(cpu, Geometry.SMALL, size);
        }
    }

    /** Shares the page at {@code gpa}. */
    public void share(Cpu cpu, long gpa) {
        cpu.ask(Note.givenUp(gpa));
        switch (this) {
            case NATIVE, SEV -> {}
            case SNP -> {
                cpu.call(new ValidatePage(gpa, false, CarryFlag.FATAL, false));
                change(cpu, gpa, Target.SHARED);
            }
            case TDX -> map(cpu, gpa, Mapping.SHARED);
        }
    }

    /** Takes it back. */
    public void unshare(Cpu cpu, long gpa) {
        switch (this) {
            case NATIVE, SEV -> {}
            case SNP -> {
                change(cpu, gpa, Target.PRIVATE);
                cpu.call(new ValidatePage(gpa, true, CarryFlag.FATAL, false));
            }
            case TDX -> {
                map(cpu, gpa, Mapping.PRIVATE);
                cpu.call(new AcceptPage(gpa, Level.SIZE_4K, Policy.EDK2, 1, true));
            }
        }
    }

    private static void change(Cpu cpu, long gpa, Target target) {
        if (!cpu.ask(new PageStateChange(gpa, target, Level.SIZE_4K)).is(PageStateChange.OK)) {
            throw new Panic("CpuDeadLoop: page state change of GPA 0x%X to %s failed".formatted(gpa, target));
        }
    }

    private static void map(Cpu cpu, long gpa, Mapping to) {
        if (!cpu.ask(new TdgVpVmcallMapGpa(to, gpa, Geometry.SMALL)).is(TdgVpVmcallMapGpa.SUCCESS)) {
            throw new Panic("CpuDeadLoop: MapGPA of GPA 0x%X to %s failed".formatted(gpa, to));
        }
    }
}
