package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.machine.vocabulary.Meaning;

/** A guest on SEV-SNP that shares a page with its host and takes it back. */
public record ShareAndTakeBack(
        @Meaning("whether it rescinds the page's validation before it asks the host to make it shared") boolean rescind,
        @Meaning("whether it ever makes it private again") boolean takeBack) implements Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static ShareAndTakeBack standard() {
        return new ShareAndTakeBack(true, true);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new ValidatePage(PAGE, true, CarryFlag.FATAL, true));
        PrivatePage.write(cpu, PAGE, Value.DATA);
        PrivatePage.read(cpu, PAGE);
        cpu.ask(Note.givenUp(PAGE));
        if (rescind) {
            cpu.call(new ValidatePage(PAGE, false, CarryFlag.FATAL, false));
        }
        change(cpu, Target.SHARED);
        cpu.ask(new Load(PAGE, Mapping.SHARED));
        if (takeBack) {
            change(cpu, Target.PRIVATE);
            cpu.call(new ValidatePage(PAGE, true, CarryFlag.FATAL, true));
            PrivatePage.write(cpu, PAGE, Value.NEWER);
            PrivatePage.read(cpu, PAGE);
        }
        return Done.DONE;
    }

    private static void change(Cpu cpu, Target target) {
        Answer answer = cpu.ask(new PageStateChange(PAGE, target, Level.SIZE_4K));
        if (!answer.is(PageStateChange.OK)) {
            throw new Panic("page state change to %s failed".formatted(target));
        }
    }
}
