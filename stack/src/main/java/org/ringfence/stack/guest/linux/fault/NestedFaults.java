package org.ringfence.stack.guest.linux.fault;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.acceptance.PrivatePage;
import org.ringfence.stack.guest.linux.AcceptOnePage;

/**
 * A kernel that accepts a page when its first touch faults, and an NMI that comes while the handler runs, whose own
 * handler touches another page: the fault handler nests on one CPU. Each level needs a stack that was accepted
 * beforehand, and one of its own, since the processor begins at the top of the stack again. Source: Linux,
 * arch/x86/coco/sev/core.c (__sev_es_ist_enter), which moves the stack of #VC for a nested one.
 */
public record NestedFaults(Options options, Geometry geometry) implements Routine<Done> {
    private static final int LEVELS = 2;
    private static final int PAGES = 2 * LEVELS;

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("how many stacks are accepted before the first fault") int stacksAccepted,
            @Meaning("whether a handler that interrupts another gets a stack of its own") boolean ownStacks) {
        /** All stacks, and each its own. */
        public static Options standard() {
            return new Options(On.TDX, LEVELS, true);
        }

        /** The routine on a machine of this size. */
        public NestedFaults of(Geometry geometry) {
            if (geometry.pages() < PAGES) {
                throw new IllegalArgumentException(
                        "it needs %d pages; the machine has %d".formatted(PAGES, geometry.pages()));
            }
            if (stacksAccepted < 0 || stacksAccepted > LEVELS) {
                throw new IllegalArgumentException(
                        "stacks-accepted is %d; allowed are 0 to %d".formatted(stacksAccepted, LEVELS));
            }
            return new NestedFaults(this, geometry);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        for (int level = 0; level < options.stacksAccepted; level++) {
            cpu.call(new AcceptOnePage(options.on, geometry.gpa(LEVELS + level)));
        }
        cpu.call(new TouchAt(options, geometry, 0));
        return Done.DONE;
    }

    /** Touches the page of this level, and runs the handler where that faults. */
    record TouchAt(Options options, Geometry geometry, int level) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Loaded loaded = cpu.ask(new Load(geometry.gpa(level)));
            if (!loaded.isContents()) {
                handle(cpu);
                PrivatePage.read(cpu, geometry.gpa(level));
            }
            return Done.DONE;
        }

        private void handle(Cpu cpu) {
            long stack = geometry.gpa(LEVELS + (options.ownStacks ? level : 0));
            Value frame = level == 0 ? Value.DATA : Value.NEWER;
            if (cpu.ask(new Store(stack, frame)) != Stored.STORED) {
                throw new Panic("fault on the stack of the fault handler");
            }
            if (level + 1 < LEVELS && cpu.choose(2) == 1) {
                cpu.call(new TouchAt(options, geometry, level + 1));
            }
            cpu.call(new AcceptOnePage(options.on, geometry.gpa(level)));
            if (PrivatePage.read(cpu, stack) != (level == 0 ? Loaded.DATA : Loaded.NEWER)) {
                throw new Panic("a nested fault has overwritten the frame of the handler that it interrupted");
            }
        }
    }
}
