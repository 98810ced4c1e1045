package org.ringfence.platform.kvm;

import java.util.List;
import java.util.stream.Stream;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.HostLedger;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.module.Tdr;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.host.kvm.FramePool;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.life.LifeForms;
import org.ringfence.stack.host.kvm.life.VmDeath;
import org.ringfence.stack.host.kvm.memfd.ConvertMemfd;
import org.ringfence.stack.host.kvm.memfd.MemfdHost;
import org.ringfence.stack.host.kvm.memfd.PunchMemfd;
import org.ringfence.stack.host.kvm.memfd.RefillMemfd;
import org.ringfence.stack.host.kvm.tdx.AllocateAndWriteUnderKeyId0;
import org.ringfence.stack.host.kvm.tdx.HoldEntry;
import org.ringfence.stack.host.kvm.tdx.PopulateTd;
import org.ringfence.stack.host.kvm.tdx.ServeTdFromMemfd;
import org.ringfence.stack.host.kvm.tdx.TdxMemory;
import org.ringfence.stack.host.kvm.tdx.TdxMemoryForms;

/** KVM with guest_memfd as the host of a TD. Most of its operations have their texts in {@link KvmSnpRoutines}. */
public final class KvmTdxRoutines implements Routines {
    private static final Part[] PARTS = Stream.concat(Stream.of(MemfdHost.flushedParts()), Stream.of(VmDeath.PART))
            .toArray(Part[]::new);

    /** Options of KVM and its VMM. */
    public record Serving(
            @Meaning("vCPUs of the TD") int vcpus,
            @Meaning("whether a fault looks for invalidations before it maps") boolean retries,
            @Meaning("whether a page that is taken away is tracked, TDH.MEM.TRACK") boolean tracks,
            @Meaning("whether a leaf that is busy is called again") boolean retriesBusy,
            @Meaning("whether a folio's lines are flushed before it becomes the TD's") boolean clflush,
            @Meaning("whether TDH.PHYMEM.PAGE.WBINVD is called when it is the TD's no more") boolean wbinvd,
            @Meaning("whether KVM_BUG_ON ends the VM where a leaf fails") boolean bugOn,
            @Meaning("whether shared translations are flushed on every vCPU; of no meaning where none are kept") boolean flushes,
            @Meaning("whether a conversion discards the copy that is out of use") boolean discards) {
        static final Serving STANDARD = new Serving(1, true, true, true, true, true, true, false, true);

        Routine<?> routine(Geometry geometry) {
            TdxMemory memory = new TdxMemory(
                    geometry, vcpus, clflush, flushes, new TdxMemory.Zapping(tracks, retriesBusy, wbinvd, bugOn));
            return new ServeTdFromMemfd(vcpus, geometry, new MemfdHost(memory, retries, discards));
        }
    }

    /** Options of a VMM that changes a page unasked. */
    public record Changing(
            @Meaning("the page's number") int page,
            @Meaning("vCPUs of the TD") int vcpus,
            @Meaning("whether the page is made private, or shared") boolean toPrivate,
            @Meaning("whether a page that is taken away is tracked, TDH.MEM.TRACK") boolean tracks,
            @Meaning("whether a leaf that is busy is called again") boolean retriesBusy,
            @Meaning("whether TDH.PHYMEM.PAGE.WBINVD is called when it is the TD's no more") boolean wbinvd,
            @Meaning("whether KVM_BUG_ON ends the VM where a leaf fails") boolean bugOn,
            @Meaning("whether a conversion discards the copy that is out of use") boolean discards) {
        static final Changing STANDARD = new Changing(0, 1, false, true, true, true, true, true);

        private MemfdHost host(Geometry geometry) {
            TdxMemory memory = new TdxMemory(
                    geometry, vcpus, true, false, new TdxMemory.Zapping(tracks, retriesBusy, wbinvd, bugOn));
            return new MemfdHost(memory, true, discards);
        }

        Routine<?> punch(Geometry geometry) {
            return new PunchMemfd(geometry.gpa(page), geometry, host(geometry));
        }

        Routine<?> refill(Geometry geometry) {
            return new RefillMemfd(geometry.gpa(page), geometry, host(geometry));
        }

        Routine<?> convert(Geometry geometry) {
            return new ConvertMemfd(new PageRange(geometry.gpa(page)), toPrivate, geometry, host(geometry));
        }
    }

    /** Options of a VMM that builds a TD; its machine is one with {@code life}. */
    public record Populating(
            @Meaning("the first page's number") int page,
            @Meaning("how many 4K pages the image has") int pages,
            @Meaning("whether the last of them is shared by then") boolean shares,
            @Meaning("whether the image is added again") boolean twice,
            @Meaning("whether the TD is finalized by then") boolean finalized,
            @Meaning("whether contents are measured") boolean measures) {
        static final Populating STANDARD = new Populating(0, 1, false, false, false, true);
        /** TDR and TDCS. */
        private static final int TD_FRAMES = 1 + Tdr.LEAST_TDCX;

        Routine<?> routine(Geometry geometry) {
            TdxMemory memory = new TdxMemory(geometry, 0, true, false, TdxMemory.Zapping.WHOLE);
            return new PopulateTd(
                    new PageRange(geometry.gpa(page), pages), TD_FRAMES, shares, twice, finalized, measures, geometry,
                    new MemfdHost(memory, true, true));
        }
    }

    /** Options of who holds an entry. */
    public record Holding(
            @Meaning("the page's number") int page) {}

    /** Options of software that has none. */
    public record None() {}

    @Override
    public List<Form> forms() {
        return Stream.concat(LifeForms.all().stream(), TdxMemoryForms.all().stream()).toList();
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                new Entry(
                        "memfd-tdx-allocate-and-write",
                        new None(),
                        (options, geometry) -> new AllocateAndWriteUnderKeyId0(geometry),
                        "other software of the host, which gets a free frame and keeps data there (TDX)")
                        .needing(FramePool.PART, HostLedger.PART),
                new Entry(
                        "memfd-tdx-convert",
                        Changing.STANDARD,
                        (options, geometry) -> ((Changing) options).convert(geometry),
                        "a VMM that converts a page unasked (KVM on TDX)").needing(PARTS),
                new Entry(
                        "memfd-tdx-hold-entry",
                        new Holding(0),
                        (options, geometry) -> new HoldEntry(geometry.gpa(((Holding) options).page())),
                        "a leaf on another vCPU, which holds the lock of a page's entry (TDX)"),
                new Entry(
                        "memfd-tdx-host",
                        Serving.STANDARD,
                        (options, geometry) -> ((Serving) options).routine(geometry),
                        "KVM with guest_memfd, and its VMM (KVM on TDX)").needing(PARTS),
                new Entry(
                        "memfd-tdx-populate",
                        Populating.STANDARD,
                        (options, geometry) -> ((Populating) options).routine(geometry),
                        "a VMM that builds a TD out of an image (KVM on TDX)").needing(PARTS),
                new Entry(
                        "memfd-tdx-punch",
                        Changing.STANDARD,
                        (options, geometry) -> ((Changing) options).punch(geometry),
                        "a VMM that punches a page out of guest_memfd unasked (KVM on TDX)")
                        .needing(PARTS),
                new Entry(
                        "memfd-tdx-refill",
                        Changing.STANDARD,
                        (options, geometry) -> ((Changing) options).refill(geometry),
                        "a VMM that punches a page and has another allocated there (KVM on TDX)")
                        .needing(PARTS));
    }
}
