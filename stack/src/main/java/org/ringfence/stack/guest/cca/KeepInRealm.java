package org.ringfence.stack.guest.cca;

import org.ringfence.machine.cca.rtt.Ripas;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.PrivatePage;

/**
 * A realm that makes its first page RAM, writes it, perhaps makes it RAM once more, and reads it.
 *
 * @param assumesZero whether it takes the page for zero and reads it before it writes it
 * @param again what it asks for once more before it reads
 */
public record KeepInRealm(Geometry geometry, boolean assumesZero, Again again) implements Routine<Done> {

    /** What a realm asks for a second time. */
    public enum Again {
        @Meaning("Nothing.")
        NOTHING,
        @Meaning("That the page be RAM, if the host has not destroyed it.")
        UNLESS_DESTROYED,
        @Meaning("That the page be RAM, destroyed or not.")
        EVEN_IF_DESTROYED
    }

    /** Its options. */
    public record Options(
            @Meaning("whether it takes the page for zero and reads it before it writes it") boolean assumesZero,
            @Meaning("what it asks for once more before it reads") Again again) {
        /** The routine on a machine of this size. */
        public KeepInRealm on(Geometry geometry) {
            return new KeepInRealm(geometry, assumesZero, again);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(Note.givenUp(0));
        cpu.call(new ChangeRipas(0, Geometry.SMALL, Ripas.EMPTY, true, geometry));
        cpu.call(new ChangeRipas(0, Geometry.SMALL, Ripas.RAM, true, geometry));
        if (assumesZero) {
            cpu.ask(Note.takenForAccepted(0));
            PrivatePage.read(cpu, 0);
        }
        PrivatePage.write(cpu, 0, Value.DATA);
        if (again != Again.NOTHING) {
            boolean destroyedToo = again == Again.EVEN_IF_DESTROYED;
            cpu.call(new ChangeRipas(0, Geometry.SMALL, Ripas.RAM, destroyedToo, geometry));
        }
        PrivatePage.read(cpu, 0);
        return Done.DONE;
    }
}
