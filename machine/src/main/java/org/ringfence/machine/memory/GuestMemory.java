package org.ringfence.machine.memory;

import java.util.List;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.State;

/**
 * How a protection translates and checks what software in the guest reads and writes. Each protection's part implements
 * it; {@link Load}, {@link Store} and {@link Scrub} work on whichever is there, so one routine runs on several
 * platforms.
 */
public interface GuestMemory {

    /** Through which mapping of a page software goes. */
    enum Mapping {
        /** Encrypted: TDX's private alias, SEV's C-bit 1. */
        PRIVATE("private"),
        /** Plain: TDX's shared alias, SEV's C-bit 0. */
        SHARED("shared");

        private final String printed;

        Mapping(String printed) {
            this.printed = printed;
        }

        @Override
        public String toString() {
            return printed;
        }
    }

    /** A TDX #VE is raised in the guest. */
    long VIRTUALIZATION_EXCEPTION = -100;

    /** An SEV-SNP #VC 0x404 is raised in the guest. */
    long PAGE_NOT_VALIDATED = -101;

    /** A synchronous external abort (SEA) is taken in the guest: Arm CCA. */
    long SYNCHRONOUS_EXTERNAL_ABORT = -102;

    /**
     * Translates page {@code page} for {@code actor} and checks the access. May change the state when it answers
     * {@link Outcome#EXITS}: then it has recorded why.
     *
     * @return the frame, not negative; {@link #VIRTUALIZATION_EXCEPTION}, {@link #PAGE_NOT_VALIDATED} or
     *     {@link #SYNCHRONOUS_EXTERNAL_ABORT};
     *     {@link Outcome#EXITS} when the access leaves for the host; {@link Outcome#WAITS} when the actor can never run
     *     again
     */
    long access(State state, Actor actor, int page, Mapping mapping, boolean write);

    /** The key of {@link Memory} that {@code mapping} reads and writes under. */
    int key(State state, Mapping mapping);

    /**
     * How many frames the host has given for page {@code page}, those for private and for shared memory together,
     * whether or not the guest reaches them. Where a page is one for both there is one at most.
     */
    default int frames(State state, int page) {
        return 1;
    }

    /** Whether {@code actor} is software in this guest. */
    default boolean has(Actor actor) {
        return true;
    }

    /** The guest that {@code actor} is software in; the machine's first where it is in none. */
    static GuestMemory of(Machine machine, Actor actor) {
        List<GuestMemory> guests = machine.parts(GuestMemory.class);
        GuestMemory guest =
                guests.isEmpty() ? machine.part(GuestMemory.class) : guests.get(numberOf(machine, actor));
        guest.require(actor);
        return guest;
    }

    /** The number of that guest among the machine's, from 0. */
    static int numberOf(Machine machine, Actor actor) {
        List<GuestMemory> guests = machine.parts(GuestMemory.class);
        for (int number = 0; number < guests.size(); number++) {
            if (guests.get(number).has(actor)) {
                return number;
            }
        }
        return 0;
    }

    /**
     * What a read through {@code mapping} finds in {@code frame}, to which {@link #access} has led: the ordinal of a
     * {@link Value}, or {@link Memory#JUNK}.
     */
    default int read(State state, Memory memory, int frame, Mapping mapping) {
        return memory.read(state, frame, key(state, mapping));
    }

    /**
     * As {@link #read}, through the cache of package {@code number} where the machine has caches; may answer
     * {@link Memory#POISON}.
     */
    default int load(State state, Memory memory, int number, int frame, Mapping mapping) {
        return memory.options().caches().present()
                ? memory.load(state, number, frame, key(state, mapping))
                : read(state, memory, frame, mapping);
    }

    /**
     * Refuses an actor that is no software of this guest.
     *
     * @throws IllegalArgumentException with a sentence
     */
    default void require(Actor actor) {
        // Most take whoever asks for software of the guest.
    }

    /** Refuses software that uses memory through {@code mapping} where the machine has no such mappings. */
    default void require(Mapping mapping) {
        // A machine has both, mostly.
    }
}
