package org.ringfence.stack.guest.svsm.window;

import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;

/**
 * A monitor that has secrets in every page of a range, scrubs the range, and looks that every page is zero and no step
 * was too large.
 */
public record UseAndScrub(ScrubRange scrub) implements Routine<Done> {
    @Override
    public Done run(Cpu cpu) {
        for (int page = scrub.page(); page < scrub.page() + scrub.pages(); page++) {
            long gpa = scrub.geometry().gpa(page);
            cpu.ask(new Store(gpa, Value.DATA));
            cpu.ask(Note.givenUp(gpa));
        }
        ScrubReport report = cpu.call(scrub);
        if (report.largest() > scrub.cap()) {
            throw new Panic("a step of %d pages exceeds the cap of %d".formatted(report.largest(), scrub.cap()));
        }
        for (int page = scrub.page(); page < scrub.page() + scrub.pages(); page++) {
            long gpa = scrub.geometry().gpa(page);
            cpu.ask(Note.takenForAccepted(gpa));
            if (cpu.ask(new Load(gpa)) != Loaded.ZERO) {
                throw new Panic("page %d is not zero after the scrub".formatted(page));
            }
        }
        return Done.DONE;
    }
}
