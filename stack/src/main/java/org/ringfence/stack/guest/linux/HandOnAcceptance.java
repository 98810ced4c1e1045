package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.acceptance.PrivatePage;
import org.ringfence.stack.guest.linux.tracking.E820Map;
import org.ringfence.stack.guest.linux.tracking.E820Map.EditE820;
import org.ringfence.stack.guest.linux.tracking.E820Map.LookInE820;
import org.ringfence.stack.guest.linux.tracking.E820Map.TakeFirmwareMap;
import org.ringfence.stack.guest.linux.tracking.PageFlags.MakeArray;
import org.ringfence.stack.guest.linux.tracking.PageFlags.SetFlag;
import org.ringfence.stack.guest.linux.tracking.PageFlags.TestFlag;

/**
 * A stage of the boot that accepts memory, puts the next stage there, and hands on to it; and the next stage, which
 * asks for that memory too, reads what it was given and uses one page more.
 */
public record HandOnAcceptance(Options options, Geometry geometry) implements Routine<Done> {

    /** Which stages. */
    public enum Stage {
        @Meaning("The decompressor, whose accept_memory has no guard unit, and the kernel.")
        DECOMPRESSOR,
        @Meaning("A kernel, and the one that it starts by kexec.")
        KEXEC
    }

    /** How the next stage learns what is accepted. */
    public enum Origin {
        @Meaning("From the table, which it finds by its GUID with the bits as they were left.")
        TABLE_KEPT,
        @Meaning("From a new table, made from the firmware's memory map, which still says that nothing is.")
        TABLE_REBUILT,
        @Meaning("It finds no table, and takes everything for accepted.")
        TABLE_LOST,
        @Meaning("From flags of struct page. The decompressor has no struct pages, so that what it accepts is "
                + "never noted; a kernel makes its own, so that what the one before it noted is lost.")
        PAGE_FLAG,
        @Meaning("From e820. The decompressor's edits are handed on with boot_params; a kernel started by kexec "
                + "gets the firmware's map, without the edits.")
        E820
    }

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("which stage of the boot hands on, and to whom") Stage stage,
            @Meaning("how the next stage learns what is accepted") Origin learnsFrom) {
        /** A kexec that keeps the table. */
        public static Options standard() {
            return new Options(On.TDX, Stage.KEXEC, Origin.TABLE_KEPT);
        }

        /** The routine on a machine of this size. */
        public HandOnAcceptance of(Geometry geometry) {
            int least = learnsFrom == Origin.TABLE_LOST ? 3 : 2;
            if (geometry.pages() < least) {
                throw new IllegalArgumentException(
                        "it needs %d pages; the machine has %d".formatted(least, geometry.pages()));
            }
            return new HandOnAcceptance(this, geometry);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        switch (options.learnsFrom) {
            case TABLE_KEPT, TABLE_REBUILT, TABLE_LOST -> byTable(cpu);
            case PAGE_FLAG -> byFlag(cpu);
            case E820 -> byE820(cpu);
        }
        return Done.DONE;
    }

    private void byTable(Cpu cpu) {
        LazyKernel linux = LazyKernel.linux(options.on, geometry, 1);
        LazyKernel first = options.stage == Stage.KEXEC ? linux : new LazyKernel(options.on, geometry, 1, false, false);
        boolean table = options.learnsFrom != Origin.TABLE_LOST;
        first.accept(cpu, 0, 1);
        PrivatePage.write(cpu, 0, Value.DATA);
        if (options.learnsFrom == Origin.TABLE_REBUILT) {
            linux.forget(cpu);
        }
        if (table) {
            linux.accept(cpu, 0, 1);
        }
        PrivatePage.read(cpu, 0);
        if (table) {
            linux.accept(cpu, geometry.pages() - 1, 1);
        }
        useMore(cpu);
    }

    private void byFlag(Cpu cpu) {
        if (options.stage == Stage.KEXEC) {
            cpu.ask(new MakeArray());
            acceptByFlag(cpu, 0);
        } else {
            cpu.call(new AcceptOnePage(options.on, 0));
        }
        PrivatePage.write(cpu, 0, Value.DATA);
        cpu.ask(new MakeArray());
        acceptByFlag(cpu, 0);
        PrivatePage.read(cpu, 0);
        acceptByFlag(cpu, geometry.gpa(geometry.pages() - 1));
        useMore(cpu);
    }

    private void acceptByFlag(Cpu cpu, long gpa) {
        if (!cpu.ask(new TestFlag(gpa))) {
            cpu.call(new AcceptOnePage(options.on, gpa));
            cpu.ask(new SetFlag(gpa));
        }
    }

    private void byE820(Cpu cpu) {
        acceptByE820(cpu, 0);
        PrivatePage.write(cpu, 0, Value.DATA);
        if (options.stage == Stage.KEXEC) {
            cpu.ask(new TakeFirmwareMap());
        }
        acceptByE820(cpu, 0);
        PrivatePage.read(cpu, 0);
        acceptByE820(cpu, geometry.gpa(geometry.pages() - 1));
        useMore(cpu);
    }

    private void acceptByE820(Cpu cpu, long gpa) {
        if (!cpu.ask(new LookInE820(gpa))) {
            cpu.call(new AcceptOnePage(options.on, gpa));
            if (!cpu.ask(new EditE820(gpa, E820Map.MOST))) {
                throw new Panic("e820 has no entry left for GPA 0x%X".formatted(gpa));
            }
        }
    }

    private void useMore(Cpu cpu) {
        long gpa = geometry.gpa(geometry.pages() - 1);
        PrivatePage.read(cpu, gpa);
        PrivatePage.write(cpu, gpa, Value.NEWER);
        PrivatePage.read(cpu, gpa);
    }
}
