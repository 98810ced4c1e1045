package org.ringfence.stack.host.kvm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.sev.BackingFrame;
import org.ringfence.machine.snp.rmp.LookUpPage;
import org.ringfence.machine.snp.rmp.LookUpPage.Backing;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.stack.host.kvm.Hosting.Conversion;

/**
 * Makes a 2M page private: at once where its frames are mapped as a whole and stay, else each of its 4K pages. Answers
 * whether it succeeded.
 */
public record MakeLargePrivate(long gpa, Hosting hosting) implements Routine<Boolean> {
    @Override
    public Boolean run(Cpu cpu) {
        if (gpa != hosting.large(gpa)) {
            return false;
        }
        if (hosting.conversion() == Conversion.IN_PLACE && cpu.ask(new LookUpPage(gpa)) == Backing.SHARED_2M) {
            Frame frame = cpu.ask(new BackingFrame(gpa, Level.SIZE_2M, hosting.geometry().frames()));
            if (cpu.ask(Rmpupdate.assign(frame, gpa, Level.SIZE_2M)) == RmpupdateResult.SUCCESS) {
                return true;
            }
        }
        for (int i = 0; i < hosting.geometry().smallPerLarge(); i++) {
            if (!cpu.call(new MakePrivate(hosting.small(gpa, i), hosting))) {
                return false;
            }
        }
        return true;
    }
}
