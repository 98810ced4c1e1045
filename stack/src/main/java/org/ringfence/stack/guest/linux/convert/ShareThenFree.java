package org.ringfence.stack.guest.linux.convert;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.linux.AcceptOnePage;
import org.ringfence.stack.guest.linux.convert.PageAllocator.FreePage;
import org.ringfence.stack.guest.linux.convert.PageAllocator.LeakPage;
import org.ringfence.stack.guest.linux.convert.PageAllocator.TakePage;

/**
 * A driver that shares a page with its host, takes it back and frees it, so that somebody else keeps a secret there.
 * What it makes of a conversion that failed is its options. Source: Linux, the repair of CVE-2024-36909
 * (drivers/hv), kernel/dma/swiotlb.c.
 */
public record ShareThenFree(Options options, Geometry geometry) implements Routine<Done> {
    private static final long PAGE = 0;

    /** What is done about an error. */
    public enum OnError {
        @Meaning("A page that could not be shared is leaked; one that could not be taken back is freed.")
        FREES,
        @Meaning("The page is leaked either way.")
        LEAKS,
        @Meaning("Nobody looks: the page is taken for what it was to become. The default pool of swiotlb "
                + "(swiotlb_init_late, swiotlb_update_mem_attributes, swiotlb_exit).")
        IGNORES
    }

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("what is done when a conversion fails") OnError onError) {
        /** A driver that leaks. */
        public static Options standard() {
            return new Options(On.TDX, OnError.LEAKS);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new AcceptOnePage(options.on, PAGE));
        if (!changed(cpu, Mapping.SHARED)) {
            return leak(cpu);
        }
        MappedPage.use(cpu, PAGE, Value.HOST);
        if (!changed(cpu, Mapping.PRIVATE) && options.onError == OnError.LEAKS) {
            return leak(cpu);
        }
        cpu.ask(new FreePage(PAGE));
        cpu.ask(new TakePage(PAGE));
        MappedPage.use(cpu, PAGE, Value.DATA);
        return Done.DONE;
    }

    private static Done leak(Cpu cpu) {
        cpu.ask(new LeakPage(PAGE));
        return Done.DONE;
    }

    /** Whether the caller takes the page for changed. */
    private boolean changed(Cpu cpu, Mapping to) {
        ConversionErrno result = cpu.call(SetMemory.linux(options.on, geometry, PAGE, to));
        return result == ConversionErrno.OK || options.onError == OnError.IGNORES;
    }
}
