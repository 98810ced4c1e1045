package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.CarryFlag;
import org.ringfence.stack.guest.acceptance.Policy;

/** A monitor that validates a page, uses it, frees it, and later validates it anew for another use. */
public record ReuseOwnPage(
        @Meaning("the platform") SvsmPlatform.Kind on,
        @Meaning("whether freeing the page invalidates it") boolean invalidate,
        @Meaning("SEV-SNP: what it makes of the carry flag") CarryFlag carryFlag,
        @Meaning("TDX: what it does when a page was accepted before") Policy already,
        @Meaning("who zeroes what was validated") SvsmChoices.Zeroes zeroes)
        implements
            Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static ReuseOwnPage standard() {
        return new ReuseOwnPage(SvsmPlatform.Kind.SNP, true, CarryFlag.FATAL, Policy.COCONUT,
                SvsmChoices.Zeroes.PLATFORM);
    }

    @Override
    public Done run(Cpu cpu) {
        SvsmPlatform platform = SvsmPlatform.of(on, SvsmChoices.careful(1).on(carryFlag).on(already).zeroedBy(zeroes));
        platform.take(cpu, PAGE, Level.SIZE_4K);
        OwnPage.write(cpu, PAGE, Value.DATA);
        OwnPage.read(cpu, PAGE);
        cpu.ask(Note.givenUp(PAGE));
        if (invalidate) {
            platform.invalidate(cpu, PAGE, Level.SIZE_4K);
        }
        platform.take(cpu, PAGE, Level.SIZE_4K);
        OwnPage.read(cpu, PAGE);
        OwnPage.write(cpu, PAGE, Value.NEWER);
        OwnPage.read(cpu, PAGE);
        return Done.DONE;
    }
}
