package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.stack.guest.acceptance.CarryFlag;
import org.ringfence.stack.guest.acceptance.ValidatePage;

/**
 * OVMF's way on SEV-SNP: the host is asked to make each page private, and then it is validated; it is not zeroed.
 * Anything but success ends the guest. Source: edk2,
 * OvmfPkg/Library/BaseMemEncryptSevLib/X64/DxeSnpSystemRamValidate.c, SnpPageStateChangeInternal.c.
 */
public enum AcceptOnSnp implements AcceptMemory {
    SNP;

    @Override
    public void accept(Cpu cpu, long gpa, long size) {
        cpu.call(new Range(gpa, gpa + size));
    }

    /** One page after the other. */
    record Range(long gpa, long end) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            if (gpa >= end) {
                return Done.DONE;
            }
            if (!cpu.ask(new PageStateChange(gpa, Target.PRIVATE, Level.SIZE_4K)).is(PageStateChange.OK)) {
                throw new Panic("page state change of GPA 0x%X failed".formatted(gpa));
            }
            cpu.call(new ValidatePage(gpa, true, CarryFlag.FATAL, false));
            cpu.ask(Note.givenUp(gpa));
            return cpu.become(new Range(gpa + Geometry.SMALL, end));
        }
    }
}
