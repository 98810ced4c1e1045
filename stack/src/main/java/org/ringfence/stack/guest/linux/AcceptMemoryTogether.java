package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.acceptance.PrivatePage;

/** A CPU that accepts a page and uses it, while others accept other pages, or pages of the same unit. */
public record AcceptMemoryTogether(Options options, Geometry geometry) implements Routine<Done> {

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("which page it accepts and uses") int page,
            @Meaning("4K pages of a unit") int unit,
            @Meaning("whether CPUs that accept the same unit wait for each other") boolean list,
            @Meaning("whether interrupts stay on while it accepts, and a handler may ask for the same page") boolean interrupts) {
        /** One page of a unit, as Linux does it. */
        public static Options standard() {
            return new Options(On.TDX, 0, 1, true, false);
        }

        /** The routine on a machine of this size. */
        public AcceptMemoryTogether of(Geometry geometry) {
            if (page < 0 || page >= geometry.pages()) {
                throw new IllegalArgumentException(
                        "page is %d; allowed are 0 to %d".formatted(page, geometry.pages() - 1));
            }
            return new AcceptMemoryTogether(this, geometry);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        LazyKernel kernel = new LazyKernel(options.on, geometry, options.unit, false, options.list);
        kernel.accept(cpu, options.page, 1, options.interrupts);
        long gpa = geometry.gpa(options.page);
        PrivatePage.read(cpu, gpa);
        PrivatePage.write(cpu, gpa, Value.DATA);
        PrivatePage.read(cpu, gpa);
        return Done.DONE;
    }
}
