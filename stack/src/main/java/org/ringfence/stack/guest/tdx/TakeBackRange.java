package org.ringfence.stack.guest.tdx;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.PrivatePage;

/**
 * A guest that shares all of its pages by one MapGPA, takes them back by another, accepts them and uses them.
 *
 * @param accepts which of them it accepts
 */
public record TakeBackRange(Geometry geometry, Accepts accepts) implements Routine<Done> {

    /** What is accepted after a MapGPA that the host had the guest repeat. */
    public enum Accepts {
        @Meaning("All of the range.")
        ALL,
        @Meaning("From where the last call began: edk2, whose loop counts the range down.")
        LAST_CALL
    }

    @Override
    public Done run(Cpu cpu) {
        long end = geometry.pages() * Geometry.SMALL;
        accept(cpu, 0, end);
        for (long gpa = 0; gpa < end; gpa += Geometry.SMALL) {
            PrivatePage.write(cpu, gpa, Value.DATA);
            PrivatePage.read(cpu, gpa);
            cpu.ask(Note.givenUp(gpa));
        }
        cpu.call(new MapRange(geometry, Mapping.SHARED, 0, end));
        long last = cpu.call(new MapRange(geometry, Mapping.PRIVATE, 0, end));
        accept(cpu, accepts == Accepts.ALL ? 0 : last, end);
        for (long gpa = 0; gpa < end; gpa += Geometry.SMALL) {
            PrivatePage.write(cpu, gpa, Value.NEWER);
            PrivatePage.read(cpu, gpa);
        }
        return Done.DONE;
    }

    private static void accept(Cpu cpu, long first, long end) {
        for (long gpa = first; gpa < end; gpa += Geometry.SMALL) {
            if (cpu.ask(new TdgMemPageAccept(gpa, Level.SIZE_4K)) != TdgMemPageAccept.Result.TDX_SUCCESS) {
                throw new Panic("accept of GPA 0x%X failed".formatted(gpa));
            }
            cpu.ask(Note.takenForAccepted(gpa));
        }
    }
}
