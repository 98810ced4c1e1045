package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;

/**
 * Validates a 4K page on SEV-SNP, or rescinds its validation.
 *
 * @param validate whether it shall be valid
 * @param scrub whether a page made valid is zeroed: PVALIDATE leaves what the frame holds
 */
public record ValidatePage(long gpa, boolean validate, CarryFlag carryFlag, boolean scrub) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        PvalidateResult result = cpu.ask(new Pvalidate(gpa, Level.SIZE_4K, validate));
        if (!result.isSuccess() || result == PvalidateResult.UNCHANGED && carryFlag == CarryFlag.FATAL) {
            throw new Panic("PVALIDATE of GPA 0x%X failed: %s".formatted(gpa, result));
        }
        if (validate && scrub) {
            if (cpu.ask(new Scrub(gpa)) != Stored.STORED) {
                throw new Panic("fault while zeroing GPA 0x%X".formatted(gpa));
            }
            cpu.ask(Note.takenForAccepted(gpa));
        }
        return Done.DONE;
    }
}
