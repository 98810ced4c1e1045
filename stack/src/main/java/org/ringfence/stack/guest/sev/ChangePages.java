package org.ringfence.stack.guest.sev;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PscRequest;
import org.ringfence.machine.snp.psc.PscRequest.ReadHeader;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A guest that asks for its first {@code pages} pages to be made private by one buffer of page state changes, validates
 * them, and uses the first.
 */
public record ChangePages(
        @Meaning("how many pages it has made private, from the first on") int pages,
        @Meaning("how it goes on after VMGEXIT") Resume resume) implements Routine<Done> {

    /** How software goes on after VMGEXIT. */
    public enum Resume {
        @Meaning("It asks again while entries are left, and gives up where the host answered an error, set a "
                + "reserved bit, moved the last entry up or the current one back: Linux.")
        CHECKED,
        @Meaning("It takes the answer for the end of it and never looks at the header again: COCONUT-SVSM.")
        ONCE
    }

    /** The routine with its default options. */
    public static ChangePages standard() {
        return new ChangePages(2, Resume.CHECKED);
    }

    @Override
    public Done run(Cpu cpu) {
        for (int i = 0; i < pages; i++) {
            cpu.ask(new PscRequest.WriteEntry(
                    i, i * Geometry.SMALL, PageStateChange.Target.PRIVATE.number(), Level.SIZE_4K));
        }
        cpu.ask(new PscRequest.WriteHeader(0, pages - 1));
        cpu.call(new Request(0, pages, resume));
        for (int i = 0; i < pages; i++) {
            long gpa = i * Geometry.SMALL;
            if (cpu.ask(Pvalidate.validate(gpa, Level.SIZE_4K)) != PvalidateResult.CHANGED) {
                throw new Panic("PVALIDATE of GPA 0x%X failed".formatted(gpa));
            }
        }
        if (cpu.ask(new Store(0, Value.DATA)) != Stored.STORED
                || !cpu.ask(new Load(0)).isContents()) {
            throw new Panic("fault in the first page");
        }
        return Done.DONE;
    }

    /** VMGEXIT until the entries from {@code from} on, of {@code pages}, are done. */
    record Request(int from, int pages, Resume resume) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Answer answer = cpu.ask(new PscRequest.Call());
            if (!answer.is(PageStateChange.OK)) {
                throw new Panic("page state change failed");
            }
            if (resume == Resume.ONCE) {
                return Done.DONE;
            }
            long header = cpu.ask(new ReadHeader(pages));
            boolean rewound = ReadHeader.current(header) < from;
            boolean grown = ReadHeader.last(header) >= pages;
            if (!ReadHeader.isClean(header) || grown || rewound) {
                throw new Panic("the host forged the header of a page state change");
            }
            return ReadHeader.current(header) <= ReadHeader.last(header)
                    ? cpu.become(new Request(ReadHeader.current(header), pages, resume))
                    : Done.DONE;
        }
    }
}
