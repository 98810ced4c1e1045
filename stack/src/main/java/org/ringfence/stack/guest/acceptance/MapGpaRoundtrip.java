package org.ringfence.stack.guest.acceptance;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * A guest on TDX that shares a page and takes it back, private, shared, private, so that the page is PENDING again and
 * an accept must succeed: one way to be sure that memory is fresh.
 */
public record MapGpaRoundtrip(
        @Meaning("what it does when a page was accepted before") Policy policy) implements Routine<Done> {

    private static final long PAGE = 0;

    /** The routine with its default options. */
    public static MapGpaRoundtrip standard() {
        return new MapGpaRoundtrip(Policy.LINUX);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new AcceptPage(PAGE, Level.SIZE_4K, policy, 1, true));
        PrivatePage.write(cpu, PAGE, Value.DATA);
        PrivatePage.read(cpu, PAGE);
        cpu.ask(Note.givenUp(PAGE));
        map(cpu, Mapping.SHARED);
        map(cpu, Mapping.PRIVATE);
        cpu.call(new AcceptPage(PAGE, Level.SIZE_4K, policy, 1, true));
        PrivatePage.read(cpu, PAGE);
        PrivatePage.write(cpu, PAGE, Value.NEWER);
        PrivatePage.read(cpu, PAGE);
        return Done.DONE;
    }

    private static void map(Cpu cpu, Mapping to) {
        Answer answer = cpu.ask(new TdgVpVmcallMapGpa(to, PAGE, Geometry.SMALL));
        if (!answer.is(TdgVpVmcallMapGpa.SUCCESS)) {
            throw new Panic("MapGPA to %s failed".formatted(to));
        }
    }
}
