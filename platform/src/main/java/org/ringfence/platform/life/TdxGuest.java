package org.ringfence.platform.life;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;
import org.ringfence.stack.guest.linux.AcceptSize;
import org.ringfence.stack.guest.linux.ArchAccept;
import org.ringfence.stack.guest.linux.PhysicalRange;
import org.ringfence.stack.guest.linux.TdxArchAccept;

/** A kernel in a TD. Source: Linux, arch/x86/coco/tdx/tdx.c. */
record TdxGuest(Cpu cpu) implements ProtectedGuest {
    private static final long PAGE = LifeMap.PAGE;

    @Override
    public ArchAccept arch() {
        return new TdxArchAccept((gpa, size) -> cpu
                .ask(new TdgMemPageAccept(SeptOperand.rcx(gpa, level(size)))) == TdgMemPageAccept.Result.TDX_SUCCESS);
    }

    private static int level(AcceptSize size) {
        return switch (size) {
            case SIZE_4K -> 0;
            case SIZE_2M -> 1;
            case SIZE_1G -> 2;
        };
    }

    @Override
    public void store(int page, Value value) {
        cpu.ask(new Store(page * PAGE, value));
    }

    @Override
    public Loaded load(int page) {
        return cpu.ask(new Load(page * PAGE));
    }

    @Override
    public void share(int first, int pages) {
        for (int page = first; page < first + pages; page++) {
            cpu.ask(Note.givenUp(page * PAGE));
        }
        map(Mapping.SHARED, first, pages);
        cpu.ask(new Store(first * PAGE, Mapping.SHARED, Value.HOST));
        cpu.ask(new Load(first * PAGE, Mapping.SHARED));
    }

    @Override
    public void unshare(int first, int pages) {
        map(Mapping.PRIVATE, first, pages);
        arch().accept(new PhysicalRange(first * PAGE, (first + pages) * PAGE));
    }

    private void map(Mapping to, int first, int pages) {
        if (!cpu.ask(new TdgVpVmcallMapGpa(to, first * PAGE, pages * PAGE)).is(TdgVpVmcallMapGpa.SUCCESS)) {
            throw new Panic("MapGPA to %s of GPA 0x%X failed".formatted(to, first * PAGE));
        }
    }
}
