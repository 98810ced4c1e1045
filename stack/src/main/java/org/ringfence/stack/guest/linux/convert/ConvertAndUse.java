package org.ringfence.stack.guest.linux.convert;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.Signals.Await;
import org.ringfence.machine.vocabulary.Signals.Signal;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.linux.AcceptOnePage;

/** A CPU that uses a page, shares it, uses it, takes it back and uses it again; {@link Stray} may read it meanwhile. */
public record ConvertAndUse(Options options, Geometry geometry) implements Routine<Done> {
    /** Said once the page is accepted. */
    public static final String ACCEPTED = "accepted";

    private static final long PAGE = 0;

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("in which order the page table's entry and the page's state change") ConversionOrder order) {
        /** As Linux does it. */
        public static Options standard() {
            return new Options(On.TDX, ConversionOrder.LINUX);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new AcceptOnePage(options.on, PAGE));
        MappedPage.use(cpu, PAGE, Value.DATA);
        cpu.ask(new Signal(ACCEPTED));
        change(cpu, Mapping.SHARED);
        MappedPage.use(cpu, PAGE, Value.HOST);
        change(cpu, Mapping.PRIVATE);
        MappedPage.use(cpu, PAGE, Value.NEWER);
        return Done.DONE;
    }

    private void change(Cpu cpu, Mapping to) {
        if (cpu.call(new SetMemory(options.on, geometry, PAGE, to, options.order)) != ConversionErrno.OK) {
            throw new Panic("set_memory to %s failed for GPA 0x%X".formatted(to, PAGE));
        }
    }

    /**
     * Another CPU, whose load_unaligned_zeropad() runs over the end of what it was to read, into that page. A fault
     * that the guest gets is fixed up: the word is then taken for zeros. What leaves for the host is the host's to
     * answer.
     */
    public record Stray() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new Await(ACCEPTED));
            cpu.ask(new DirectMap.ReadMapped(PAGE, true));
            return Done.DONE;
        }
    }
}
