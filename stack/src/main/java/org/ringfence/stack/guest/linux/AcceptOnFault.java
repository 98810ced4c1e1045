package org.ringfence.stack.guest.linux;

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

/**
 * A kernel that accepts a page when its first touch faults: #VC on SEV-SNP, #VE on TDX. Its handler has a stack, which
 * is memory too. Linux does not do this; it was proposed, and the answer was that a handler cannot tell a first touch
 * from a page that its host took away.
 */
public record AcceptOnFault(Options options, Geometry geometry) implements Routine<Done> {
    private static final int TOUCHED = 0;
    private static final int STACK = 1;

    /** What the handler goes by. */
    public enum Tracking {
        @Meaning("Nothing: it accepts what faults.")
        NONE,
        @Meaning("The bitmap: a page that was accepted before and faults now is the end.")
        BITMAP
    }

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("what the handler goes by") Tracking tracking,
            @Meaning("whether the handler's stack is accepted before the first fault") boolean stackAccepted) {
        /** A handler that keeps count and can run. */
        public static Options standard() {
            return new Options(On.TDX, Tracking.BITMAP, true);
        }

        /** The routine on a machine of this size. */
        public AcceptOnFault of(Geometry geometry) {
            if (geometry.pages() < 2) {
                throw new IllegalArgumentException("it needs 2 pages; the machine has " + geometry.pages());
            }
            return new AcceptOnFault(this, geometry);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        if (options.stackAccepted) {
            new LazyKernel(options.on, geometry, 1, false, false).accept(cpu, STACK, 1);
        }
        cpu.call(new Touch(options, geometry));
        PrivatePage.write(cpu, TOUCHED, Value.DATA);
        PrivatePage.write(cpu, TOUCHED, Value.NEWER);
        cpu.call(new Touch(options, geometry));
        return Done.DONE;
    }

    /** Reads the page, and again once the handler has accepted it. */
    record Touch(Options options, Geometry geometry) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Loaded loaded = cpu.ask(new Load(TOUCHED));
            if (loaded.isContents()) {
                return Done.DONE;
            }
            if (cpu.ask(new Store(geometry.gpa(STACK), Value.DATA)) != Stored.STORED) {
                throw new Panic("fault on the stack of the fault handler");
            }
            LazyKernel kernel = new LazyKernel(options.on, geometry, 1, false, false);
            switch (options.tracking) {
                case NONE -> cpu.call(new AcceptOnePage(options.on, TOUCHED));
                case BITMAP -> {
                    if (kernel.isAccepted(cpu, TOUCHED)) {
                        throw new Panic("fault on GPA 0x%X, which was accepted".formatted(TOUCHED));
                    }
                    kernel.accept(cpu, TOUCHED, 1);
                }
            }
            return cpu.again(this);
        }
    }
}
