package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.BitmapOperation.MarkAccepted;
import org.ringfence.stack.guest.acceptance.BitmapOperation.TestAccepted;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.acceptance.PrivatePage;
import org.ringfence.stack.guest.linux.tracking.E820Map;
import org.ringfence.stack.guest.linux.tracking.E820Map.EditE820;
import org.ringfence.stack.guest.linux.tracking.E820Map.LeaveOutOfE820;
import org.ringfence.stack.guest.linux.tracking.E820Map.LookInE820;

/** A kernel that accepts every other page, one after the other, notes each, and then uses the last one again. */
public record TrackPages(Options options, Geometry geometry) implements Routine<Done> {

    /** Where it notes what it accepts. */
    public enum Place {
        @Meaning("In e820; where that has no entry left it stops.")
        E820,
        @Meaning("In e820; where that has no entry left it goes on.")
        E820_WHILE_IT_LASTS,
        @Meaning("In the table: one bit a page.")
        TABLE
    }

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("where it notes what it accepts") Place place,
            @Meaning("how many entries e820 has room for") int entries) {
        /** In the table. */
        public static Options standard() {
            return new Options(On.TDX, Place.TABLE, E820Map.MOST);
        }

        public Options {
            if (entries < 1 || entries > E820Map.MOST) {
                throw new IllegalArgumentException(
                        "entries is %d; allowed are 1 to %d".formatted(entries, E820Map.MOST));
            }
        }
    }

    @Override
    public Done run(Cpu cpu) {
        int last = 0;
        for (int page = 1; page < geometry.pages(); page += 2) {
            use(cpu, geometry.gpa(page));
            last = page;
        }
        use(cpu, geometry.gpa(last));
        return Done.DONE;
    }

    private void use(Cpu cpu, long gpa) {
        if (!isNoted(cpu, gpa)) {
            cpu.call(new AcceptOnePage(options.on, gpa));
            note(cpu, gpa);
        }
        PrivatePage.write(cpu, gpa, Value.DATA);
        PrivatePage.read(cpu, gpa);
    }

    private boolean isNoted(Cpu cpu, long gpa) {
        return switch (options.place) {
            case E820, E820_WHILE_IT_LASTS -> cpu.ask(new LookInE820(gpa));
            case TABLE -> cpu.ask(new TestAccepted(gpa));
        };
    }

    private void note(Cpu cpu, long gpa) {
        switch (options.place) {
            case E820 -> {
                if (!cpu.ask(new EditE820(gpa, options.entries))) {
                    throw new Panic("e820 has no entry left for GPA 0x%X".formatted(gpa));
                }
            }
            case E820_WHILE_IT_LASTS -> {
                if (!cpu.ask(new EditE820(gpa, options.entries))) {
                    cpu.ask(new LeaveOutOfE820(gpa));
                }
            }
            case TABLE -> cpu.ask(new MarkAccepted(gpa, true));
        }
    }
}
