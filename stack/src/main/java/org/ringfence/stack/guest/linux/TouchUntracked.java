package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.BitmapOperation.MarkRange;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.acceptance.PrivatePage;

/** The ways in which a kernel with a table comes to touch memory that it has not accepted, each with its repair. */
public record TouchUntracked(Options options, Geometry geometry) implements Routine<Done> {
    private static final int UNIT = 2;
    private static final long TABLE = 0x1018;
    private static final long BITMAP = 0xFDC;

    /** By which way. */
    public enum Way {
        @Meaning("load_unaligned_zeropad() reads across the end of a unit into the next one; repaired by the "
                + "guard unit.")
        ZERO_PADDING,
        @Meaning("The allocator frees a block that does not begin with a unit, and "
                + "range_contains_unaccepted_memory misses its last one; repaired where it looks at every unit.")
        LAST_UNIT,
        @Meaning("Memory is plugged in beyond the table; repaired where it is accepted when it comes.")
        HOT_PLUG,
        @Meaning("The crash kernel copies all of RAM; repaired by the hook that leaves unaccepted memory out.")
        CRASH_DUMP,
        @Meaning("The last page of the table is not reserved and given to somebody, whose data are set bits now: "
                + "accepted memory is accepted again; repaired where all pages of the table are reserved.")
        TABLE_TAIL
    }

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("how it comes to touch it") Way way,
            @Meaning("whether the repair is there") boolean repaired) {
        /** Linux as it is: the guard unit. */
        public static Options standard() {
            return new Options(On.TDX, Way.ZERO_PADDING, true);
        }

        /** The routine on a machine of this size. */
        public TouchUntracked of(Geometry geometry) {
            if (geometry.pages() != 2 * UNIT) {
                throw new IllegalArgumentException(
                        "it needs %d pages; the machine has %d".formatted(2 * UNIT, geometry.pages()));
            }
            return new TouchUntracked(this, geometry);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        switch (options.way) {
            case ZERO_PADDING -> zeroPadding(cpu);
            case LAST_UNIT -> lastUnit(cpu);
            case HOT_PLUG -> hotPlug(cpu);
            case CRASH_DUMP -> crashDump(cpu);
            case TABLE_TAIL -> tableTail(cpu);
        }
        return Done.DONE;
    }

    private LazyKernel kernel(boolean guard) {
        return new LazyKernel(options.on, geometry, UNIT, guard, true);
    }

    private void use(Cpu cpu, int page) {
        PrivatePage.write(cpu, geometry.gpa(page), Value.DATA);
        PrivatePage.read(cpu, geometry.gpa(page));
    }

    private void zeroPadding(Cpu cpu) {
        kernel(options.repaired).accept(cpu, 0, UNIT);
        use(cpu, UNIT - 1);
        PrivatePage.read(cpu, geometry.gpa(UNIT));
    }

    private void lastUnit(Cpu cpu) {
        kernel(false).accept(cpu, 0, UNIT);
        LazyKernel kernel = kernel(true);
        int block = UNIT - 1;
        if (kernel.contains(cpu, block, UNIT, options.repaired ? Probe.EVERY_UNIT : Probe.FROM_START)) {
            kernel.accept(cpu, block, UNIT);
        }
        use(cpu, block);
        use(cpu, block + 1);
    }

    private void hotPlug(Cpu cpu) {
        LazyKernel kernel = new LazyKernel(options.on, geometry, UNIT, UNIT, true, true);
        kernel.accept(cpu, 0, UNIT);
        use(cpu, 0);
        if (options.repaired) {
            cpu.call(new AcceptOnePage(options.on, geometry.gpa(UNIT)));
        }
        kernel.accept(cpu, UNIT, 1);
        use(cpu, UNIT);
    }

    private void crashDump(Cpu cpu) {
        LazyKernel kernel = kernel(false);
        kernel.accept(cpu, 0, UNIT);
        use(cpu, 0);
        for (int page = 0; page < geometry.pages(); page++) {
            if (!options.repaired || kernel.isAccepted(cpu, page)) {
                PrivatePage.read(cpu, geometry.gpa(page));
            }
        }
    }

    private void tableTail(Cpu cpu) {
        LazyKernel kernel = kernel(false);
        kernel.accept(cpu, 0, geometry.pages());
        TableReservation reservation =
                options.repaired ? TableReservation.WHOLE : TableReservation.START_AND_SIZE_APART;
        long free = reservation.pages(TABLE, BITMAP).end();
        PrivatePage.write(cpu, geometry.gpa((int) (free / Geometry.SMALL)), Value.DATA);
        if (free < TABLE + UnacceptedTable.HEADER + BITMAP) {
            cpu.ask(new MarkRange(0, UNIT, false));
        }
        kernel.accept(cpu, 0, 1);
        use(cpu, 0);
    }
}
