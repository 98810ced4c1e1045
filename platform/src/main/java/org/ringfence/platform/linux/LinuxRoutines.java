package org.ringfence.platform.linux;

import java.util.List;
import java.util.stream.Stream;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Signals;
import org.ringfence.stack.cache.Unflushed;
import org.ringfence.stack.guest.acceptance.AcceptanceBitmap;
import org.ringfence.stack.guest.linux.AcceptMemoryTogether;
import org.ringfence.stack.guest.linux.AcceptOnFault;
import org.ringfence.stack.guest.linux.AcceptUpFront;
import org.ringfence.stack.guest.linux.AcceptingList;
import org.ringfence.stack.guest.linux.HandOnAcceptance;
import org.ringfence.stack.guest.linux.LinuxForms;
import org.ringfence.stack.guest.linux.TouchUntracked;
import org.ringfence.stack.guest.linux.TrackPages;
import org.ringfence.stack.guest.linux.convert.ConvertAndUse;
import org.ringfence.stack.guest.linux.convert.ConvertForms;
import org.ringfence.stack.guest.linux.convert.DirectMap;
import org.ringfence.stack.guest.linux.convert.KexecWithShared;
import org.ringfence.stack.guest.linux.convert.PageAllocator;
import org.ringfence.stack.guest.linux.convert.SetMemory;
import org.ringfence.stack.guest.linux.convert.ShareThenFree;
import org.ringfence.stack.guest.linux.fault.NestedFaults;
import org.ringfence.stack.guest.linux.tracking.E820Map;
import org.ringfence.stack.guest.linux.tracking.PageFlags;
import org.ringfence.stack.guest.linux.tracking.TrackingForms;
import org.ringfence.stack.sync.Locks;

/** Software of a Linux kernel that accepts its memory lazily. */
public final class LinuxRoutines implements Routines {
    private static final Part LOCK = Locks.Named.of(SetMemory.LOCK);
    private static final Part SIGNALS = new Signals.Named(List.of(ConvertAndUse.ACCEPTED));

    @Override
    public List<Form> forms() {
        return Stream.of(LinuxForms.all(), ConvertForms.all(), TrackingForms.all()).flatMap(List::stream).toList();
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                new Entry(
                        "linux-accept",
                        AcceptMemoryTogether.Options.standard(),
                        (options, geometry) -> ((AcceptMemoryTogether.Options) options).of(geometry),
                        "a CPU that accepts a page and uses it, beside others that accept the same unit (SNP, TDX)")
                        .needing(AcceptanceBitmap.PART, AcceptingList.PART),
                new Entry(
                        "linux-accept-on-fault",
                        AcceptOnFault.Options.standard(),
                        (options, geometry) -> ((AcceptOnFault.Options) options).of(geometry),
                        "a kernel that accepts a page in the handler of its first touch's fault (SNP, TDX)")
                        .needing(AcceptanceBitmap.PART),
                new Entry(
                        "linux-hand-on",
                        HandOnAcceptance.Options.standard(),
                        (options, geometry) -> ((HandOnAcceptance.Options) options).of(geometry),
                        "a stage of the boot that accepts memory, and the next one, which learns of it (SNP, TDX)")
                        .needing(options -> handedOn((HandOnAcceptance.Options) options)),
                new Entry(
                        "linux-touch",
                        TouchUntracked.Options.standard(),
                        (options, geometry) -> ((TouchUntracked.Options) options).of(geometry),
                        "a kernel that touches memory which its table does not show as unaccepted (SNP, TDX)")
                        .needing(AcceptanceBitmap.PART, AcceptingList.PART),
                new Entry(
                        "linux-accept-up-front",
                        AcceptUpFront.Options.standard(),
                        (options, geometry) -> ((AcceptUpFront.Options) options).of(geometry),
                        "firmware that accepts the first pages, and a kernel that accepts the others (SNP, TDX)")
                        .needing(AcceptanceBitmap.PART, AcceptingList.PART),
                new Entry(
                        "linux-convert",
                        ConvertAndUse.Options.standard(),
                        (options, geometry) -> new ConvertAndUse((ConvertAndUse.Options) options, geometry),
                        "a CPU that shares a page and takes it back by set_memory_decrypted and _encrypted (SNP, TDX)")
                        .needing(Unflushed.PART, DirectMap.PART, LOCK, SIGNALS),
                Entry.of(
                        "linux-stray-read",
                        new ConvertAndUse.Stray(),
                        "another CPU, which reads that page by the way as it is mapped (SNP, TDX)")
                        .needing(DirectMap.PART, SIGNALS),
                new Entry(
                        "linux-nested-faults",
                        NestedFaults.Options.standard(),
                        (options, geometry) -> ((NestedFaults.Options) options).of(geometry),
                        "a handler that accepts what faults, and an NMI in it whose handler faults too (SNP, TDX)"),
                new Entry(
                        "linux-share-then-free",
                        ShareThenFree.Options.standard(),
                        (options, geometry) -> new ShareThenFree((ShareThenFree.Options) options, geometry),
                        "shares a page, takes it back and frees it, whatever set_memory returns (SNP, TDX)")
                        .needing(Unflushed.PART, DirectMap.PART, PageAllocator.PART, LOCK),
                new Entry(
                        "linux-track",
                        TrackPages.Options.standard(),
                        (options, geometry) -> new TrackPages((TrackPages.Options) options, geometry),
                        "accepts every other page, and notes each in e820 or in a table (SNP, TDX)")
                        .needing(options -> List.of(
                                ((TrackPages.Options) options).place() == TrackPages.Place.TABLE
                                        ? AcceptanceBitmap.PART
                                        : E820Map.PART)),
                new Entry(
                        "linux-kexec-shared",
                        KexecWithShared.Options.standard(),
                        (options, geometry) -> new KexecWithShared((KexecWithShared.Options) options, geometry),
                        "a kernel that shares a page and starts another one by kexec, which uses it (SNP, TDX)")
                        .needing(Unflushed.PART, DirectMap.PART, LOCK));
    }

    /** Where a stage of the boot keeps what it accepted. */
    private static List<Part> handedOn(HandOnAcceptance.Options options) {
        return switch (options.learnsFrom()) {
            case TABLE_KEPT, TABLE_REBUILT, TABLE_LOST -> List.of(AcceptanceBitmap.PART, AcceptingList.PART);
            case PAGE_FLAG -> List.of(PageFlags.PART);
            case E820 -> List.of(E820Map.PART);
        };
    }
}
