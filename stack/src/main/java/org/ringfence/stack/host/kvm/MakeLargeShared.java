package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.BackingFrame;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.machine.snp.rmp.LookUpPage;
import org.ringfence.machine.snp.rmp.LookUpPage.Backing;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;

/**
 * Makes a 2M page shared: at once where it is private as a whole, else each of its 4K pages. Out of place it is then
 * backed when it is used. Answers whether it succeeded: not where the address is not 2M aligned.
 */
public record MakeLargeShared(long gpa, Hosting hosting) implements Routine<Boolean> {
    @Override
    public Boolean run(Cpu cpu) {
        if (gpa != hosting.large(gpa)) {
            return false;
        }
        if (cpu.ask(new LookUpPage(gpa)) == Backing.PRIVATE_2M) {
            return releaseWhole(cpu);
        }
        for (int i = 0; i < hosting.geometry().smallPerLarge(); i++) {
            if (!cpu.call(new MakeShared(hosting.small(gpa, i), hosting))) {
                return false;
            }
        }
        return true;
    }

    private boolean releaseWhole(Cpu cpu) {
        Frame frame = cpu.ask(new BackingFrame(gpa, Level.SIZE_2M, hosting.geometry().frames()));
        return switch (hosting.conversion()) {
            case IN_PLACE -> cpu.ask(Rmpupdate.release(frame, Level.SIZE_2M)) == RmpupdateResult.SUCCESS;
            case SEPARATE -> {
                cpu.ask(new UnmapNestedPage(gpa));
                if (cpu.ask(Rmpupdate.release(frame, Level.SIZE_2M)) != RmpupdateResult.SUCCESS) {
                    yield false;
                }
                cpu.ask(new GiveFrame(frame, Level.SIZE_2M));
                yield true;
            }
        };
    }
}
