package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.acceptance.PrivatePage;

/**
 * Firmware that accepts the first part of memory before it hands over, and a kernel that accepts the rest as it comes
 * to need it: it uses every page, from the last to the first. edk2 accepts all below 4 GiB; td-shim and the first TDVF
 * accepted a few hundred MiB.
 */
public record AcceptUpFront(Options options, Geometry geometry) implements Routine<Done> {

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("pages that the firmware accepts, from address 0 on") int upFront) {
        /** A single page. */
        public static Options standard() {
            return new Options(On.TDX, 1);
        }

        /** The routine on a machine of this size. */
        public AcceptUpFront of(Geometry geometry) {
            if (upFront < 0 || upFront > geometry.pages()) {
                throw new IllegalArgumentException(
                        "up-front is %d; allowed are 0 to %d".formatted(upFront, geometry.pages()));
            }
            return new AcceptUpFront(this, geometry);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        if (options.upFront > 0) {
            new LazyKernel(options.on, geometry, 1, false, false).accept(cpu, 0, options.upFront);
        }
        LazyKernel kernel = LazyKernel.linux(options.on, geometry, 1);
        for (int page = geometry.pages() - 1; page >= 0; page--) {
            kernel.accept(cpu, page, 1);
            PrivatePage.read(cpu, geometry.gpa(page));
            PrivatePage.write(cpu, geometry.gpa(page), Value.DATA);
            PrivatePage.read(cpu, geometry.gpa(page));
        }
        return Done.DONE;
    }
}
