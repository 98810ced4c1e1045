package org.ringfence.wasm;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
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

/** What {@code page-state.c} does with one page, in Java. */
record PageStateTwin(boolean repaired) implements Routine<Done> {
    /** What the code compares the header with, and so an answer that is sampled. */
    private static final long COMPARED = 0xFFFF_FFFFL;

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new PscRequest.WriteEntry(0, 0, PageStateChange.Target.SHARED.number(), Level.SIZE_4K));
        cpu.ask(new PscRequest.WriteHeader(0, 0));
        return cpu.become(new Ask(repaired));
    }

    record Ask(boolean repaired) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Answer answer = cpu.ask(new PscRequest.Call());
            if (!answer.is(PageStateChange.OK)) {
                answer.is(COMPARED);
                throw new Panic("page state change failed");
            }
            long header = cpu.ask(new ReadHeader(1));
            if (!ReadHeader.isClean(header) || ReadHeader.last(header) != 0 || ReadHeader.current(header) > 1) {
                throw new Panic("the host forged the header of a page state change");
            }
            return cpu.become(ReadHeader.current(header) == 0 ? this : new Publish(repaired));
        }
    }

    record Publish(boolean repaired) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            int last = repaired ? 0 : ReadHeader.last(cpu.ask(new ReadHeader(1)));
            publish(cpu, 0, Value.HOST);
            if (last > 0) {
                publish(cpu, 0x1000, Value.DATA);
            }
            return Done.DONE;
        }

        private static void publish(Cpu cpu, long gpa, Value value) {
            if (cpu.ask(new Store(gpa, Mapping.SHARED, value)) != Stored.STORED) {
                throw new Panic("fault in a store to shared GPA 0x%X".formatted(gpa));
            }
        }
    }
}
