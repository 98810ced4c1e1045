package org.ringfence.platform.life;

import java.util.List;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.stack.guest.linux.AcceptSize;
import org.ringfence.stack.guest.linux.ArchAccept;
import org.ringfence.stack.guest.linux.PhysicalRange;
import org.ringfence.stack.guest.linux.SnpArchAccept;

/**
 * A kernel in an SEV-SNP guest. Each page state change is a VMGEXIT of its own; Linux puts up to 64 in one. Source:
 * Linux, arch/x86/coco/sev/core.c.
 */
record SnpGuest(Cpu cpu) implements ProtectedGuest {
    private static final long PAGE = LifeMap.PAGE;

    @Override
    public ArchAccept arch() {
        return new SnpArchAccept(new SnpArchAccept.Host() {
            @Override
            public boolean makePrivate(List<SnpArchAccept.Entry> entries) {
                for (SnpArchAccept.Entry entry : entries) {
                    if (!change(entry.gpa(), Target.PRIVATE, level(entry.size()))) {
                        return false;
                    }
                }
                return true;
            }

            @Override
            public PvalidateResult validate(long gpa, AcceptSize size) {
                return cpu.ask(Pvalidate.validate(gpa, level(size)));
            }
        });
    }

    private static Level level(AcceptSize size) {
        return size == AcceptSize.SIZE_2M ? Level.SIZE_2M : Level.SIZE_4K;
    }

    private boolean change(long gpa, Target target, Level size) {
        return cpu.ask(new PageStateChange(gpa, target, size)).is(PageStateChange.OK);
    }

    @Override
    public void store(int page, Value value) {
        if (cpu.ask(new Store(page * PAGE, value)) == Stored.PAGE_NOT_VALIDATED) {
            throw notValidated(page);
        }
    }

    @Override
    public Loaded load(int page) {
        Loaded found = cpu.ask(new Load(page * PAGE));
        if (found == Loaded.PAGE_NOT_VALIDATED) {
            throw notValidated(page);
        }
        return found;
    }

    private static Panic notValidated(int page) {
        return new Panic("#VC 0x404 at GPA 0x%X, which is not validated: the kernel asks to be terminated"
                .formatted(page * PAGE));
    }

    @Override
    public void share(int first, int pages) {
        for (int page = first; page < first + pages; page++) {
            cpu.ask(Note.givenUp(page * PAGE));
        }
        Level size = pages == HostFrames.SPAN ? Level.SIZE_2M : Level.SIZE_4K;
        if (cpu.ask(Pvalidate.rescind(first * PAGE, size)) == PvalidateResult.FAIL_SIZEMISMATCH) {
            for (int page = first; page < first + pages; page++) {
                cpu.ask(Pvalidate.rescind(page * PAGE, Level.SIZE_4K));
            }
        }
        if (!change(first * PAGE, Target.SHARED, size)) {
            throw new Panic("the page state change to shared of GPA 0x%X failed".formatted(first * PAGE));
        }
        cpu.ask(new Store(first * PAGE, Mapping.SHARED, Value.HOST));
        cpu.ask(new Load(first * PAGE, Mapping.SHARED));
    }

    @Override
    public void unshare(int first, int pages) {
        arch().accept(new PhysicalRange(first * PAGE, (first + pages) * PAGE));
    }
}
