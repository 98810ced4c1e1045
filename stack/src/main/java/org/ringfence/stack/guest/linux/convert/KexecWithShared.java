package org.ringfence.stack.guest.linux.convert;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory.On;
import org.ringfence.stack.guest.linux.AcceptOnePage;
import org.ringfence.stack.guest.linux.convert.DirectMap.Entry;
import org.ringfence.stack.guest.linux.convert.DirectMap.SetEntry;

/**
 * A kernel that shares a page, and starts another one by kexec, to which that page is RAM like any other. Source:
 * Linux, arch/x86/coco/tdx/tdx.c (tdx_kexec_finish), arch/x86/coco/sev/core.c (snp_kexec_finish).
 */
public record KexecWithShared(Options options, Geometry geometry) implements Routine<Done> {
    private static final long PAGE = 0;

    /** With which direct map the next kernel goes on. */
    public enum Tables {
        @Meaning("Its own, in which every page is private: Linux.")
        NEW,
        @Meaning("That of the kernel before it.")
        INHERITED
    }

    /** Its options. */
    public record Options(
            @Meaning("what protects the guest") On on,
            @Meaning("whether the first kernel takes its shared pages back before it leaves (enc_kexec_finish)") boolean takesBack,
            @Meaning("how the next kernel's direct map maps pages that were shared") Tables tables) {
        /** As Linux does it. */
        public static Options standard() {
            return new Options(On.TDX, true, Tables.NEW);
        }
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.call(new AcceptOnePage(options.on, PAGE));
        if (cpu.call(SetMemory.linux(options.on, geometry, PAGE, Mapping.SHARED)) != ConversionErrno.OK) {
            throw new Panic("set_memory_decrypted of GPA 0x%X failed".formatted(PAGE));
        }
        MappedPage.use(cpu, PAGE, Value.HOST);
        cpu.call(new BeginKexec(false));
        if (options.takesBack) {
            // Whoever touched the shared entry now would have the page shared again. A failure is logged, no more.
            cpu.call(new ChangeEncryption(options.on, geometry, PAGE, Mapping.PRIVATE, ConversionOrder.UNMAPPED));
        }
        if (options.tables == Tables.NEW) {
            cpu.ask(new SetEntry(PAGE, Entry.PRIVATE));
        }
        MappedPage.use(cpu, PAGE, Value.DATA);
        return Done.DONE;
    }
}
