package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;

/** A guest on SEV-SNP that rescinds a page and later validates it again, with nothing in between. */
public record RescindAndRevalidate(
        @Meaning("what it makes of the carry flag when it rescinds the validation: a frame that was not valid is "
                + "not the one it had validated") CarryFlag carryFlag)
        implements
            Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static RescindAndRevalidate standard() {
        return new RescindAndRevalidate(CarryFlag.FATAL);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new ValidatePage(PAGE, true, CarryFlag.FATAL, true));
        PrivatePage.write(cpu, PAGE, Value.DATA);
        PrivatePage.read(cpu, PAGE);
        cpu.ask(Note.givenUp(PAGE));
        cpu.call(new ValidatePage(PAGE, false, carryFlag, false));
        cpu.call(new ValidatePage(PAGE, true, CarryFlag.FATAL, true));
        PrivatePage.write(cpu, PAGE, Value.NEWER);
        PrivatePage.read(cpu, PAGE);
        return Done.DONE;
    }
}
