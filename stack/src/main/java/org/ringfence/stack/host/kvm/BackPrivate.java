package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.snp.rmp.LookUpPage;
import org.ringfence.machine.snp.rmp.LookUpPage.Backing;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;

/**
 * Backs a page that is not mapped with private memory: takes a frame, assigns it to the page, maps it. With 2M if the
 * host may and nothing of the large page is mapped yet. Answers whether it succeeded.
 */
public record BackPrivate(long gpa, Level wanted, Hosting hosting) implements Routine<Boolean> {
    @Override
    public Boolean run(Cpu cpu) {
        Level size = wanted == Level.SIZE_2M && isWhollyUnmapped(cpu) ? Level.SIZE_2M : Level.SIZE_4K;
        long page = size == Level.SIZE_2M ? hosting.large(gpa) : gpa;
        Frame frame = cpu.call(new FreeFrame(size, hosting.geometry().frames()));
        if (cpu.ask(Rmpupdate.assign(frame, page, size)) != RmpupdateResult.SUCCESS) {
            cpu.ask(new GiveFrame(frame, size));
            return false;
        }
        cpu.ask(new MapNestedPage(page, frame, size));
        return true;
    }

    private boolean isWhollyUnmapped(Cpu cpu) {
        for (int i = 0; i < hosting.geometry().smallPerLarge(); i++) {
            if (cpu.ask(new LookUpPage(hosting.small(gpa, i))) != Backing.UNMAPPED) {
                return false;
            }
        }
        return true;
    }
}
