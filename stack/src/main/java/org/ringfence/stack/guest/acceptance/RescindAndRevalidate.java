package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;

/**
 * A guest on SEV-SNP that rescinds a page and later validates it again, with nothing in between.
 *
 * @param carryFlag what it makes of the carry flag when it rescinds: that the frame now mapped was not valid tells that
 *     another one is
 */
public record RescindAndRevalidate(CarryFlag carryFlag) implements Routine<Done> {

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
