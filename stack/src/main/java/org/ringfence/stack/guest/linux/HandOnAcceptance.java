package org.ringfence.stack.guest.linux;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.acceptance.PrivatePage;

/**
 * A stage of the boot that accepts memory, puts the next stage there, and hands on to it; and the next stage, which asks
 * for that memory too, reads what it was given and uses one page more.
 */
public record HandOnAcceptance(Options options, int pages) implements Routine<Done> {

    /** Which stages. */
    public enum Stage {
        /** The decompressor, whose accept_memory has no guard unit, and the kernel. */
        DECOMPRESSOR,
        /** A kernel, and the one that it starts by kexec. */
        KEXEC
    }

    /** How the next stage learns what is accepted. */
    public enum Origin {
        /** From the table, which it finds by its GUID with the bits as they were left. */
        TABLE_KEPT,
        /** From a new table, made from the firmware's memory map, which still says that nothing is. */
        TABLE_REBUILT,
        /** It finds no table, and takes everything for accepted. */
        TABLE_LOST,
        /** From flags of struct page, which the next stage makes anew: it begins as with a table made anew. */
        PAGE_FLAG,
        /** From e820, edited by a stage whose edits the next one does not get: the same. */
        E820;

        private boolean isForgotten() {
            return switch (this) {
                case TABLE_REBUILT, PAGE_FLAG, E820 -> true;
                case TABLE_KEPT, TABLE_LOST -> false;
            };
        }
    }

    /**
     * Its options.
     *
     * @param on what protects the guest
     * @param stage who hands on to whom
     * @param learnsFrom how the next stage learns what is accepted
     */
    public record Options(On on, Stage stage, Origin learnsFrom) {
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
            return new HandOnAcceptance(this, geometry.pages());
        }
    }

    @Override
    public Done run(Cpu cpu) {
        LazyKernel linux = LazyKernel.linux(options.on, pages, 1);
        LazyKernel first = options.stage == Stage.KEXEC ? linux : new LazyKernel(options.on, pages, 1, false, false);
        first.accept(cpu, 0, 1);
        PrivatePage.write(cpu, 0, Value.DATA);
        if (options.learnsFrom.isForgotten()) {
            linux.forget(cpu);
        }
        boolean table = options.learnsFrom != Origin.TABLE_LOST;
        if (table) {
            linux.accept(cpu, 0, 1);
        }
        PrivatePage.read(cpu, 0);
        int more = pages - 1;
        if (table) {
            linux.accept(cpu, more, 1);
        }
        PrivatePage.read(cpu, LazyKernel.gpa(more));
        PrivatePage.write(cpu, LazyKernel.gpa(more), Value.NEWER);
        PrivatePage.read(cpu, LazyKernel.gpa(more));
        return Done.DONE;
    }
}
