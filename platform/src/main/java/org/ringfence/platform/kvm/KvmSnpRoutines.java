package org.ringfence.platform.kvm;

import java.util.List;
import java.util.stream.Stream;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.host.kvm.FramePool;
import org.ringfence.stack.host.kvm.fault.FaultForms;
import org.ringfence.stack.host.kvm.fault.PageRange;
import org.ringfence.stack.host.kvm.memfd.ConvertMemfd;
import org.ringfence.stack.host.kvm.memfd.MemfdForms;
import org.ringfence.stack.host.kvm.memfd.MemfdHost;
import org.ringfence.stack.host.kvm.memfd.PunchMemfd;
import org.ringfence.stack.host.kvm.memfd.RefillMemfd;
import org.ringfence.stack.host.kvm.snp.AllocateAndWrite;
import org.ringfence.stack.host.kvm.snp.PopulateSecondGuest;
import org.ringfence.stack.host.kvm.snp.ServeFromMemfd;
import org.ringfence.stack.host.kvm.snp.SnpMemfdForms;
import org.ringfence.stack.host.kvm.snp.SnpMemory;

/** KVM with guest_memfd as the host of an SEV-SNP guest. */
public final class KvmSnpRoutines implements Routines {

    /** Options of KVM and its VMM. */
    public record Serving(
            @Meaning("vCPUs of the guest, which it serves") int vcpus,
            @Meaning("whether a fault looks for invalidations before it maps") boolean retries,
            @Meaning("whether the RMP is told when a folio is freed") boolean invalidates,
            @Meaning("whether a conversion discards the copy that is out of use") boolean discards,
            @Meaning("whether folios are of 2M where nothing stands in the way") boolean largeFolios,
            @Meaning("whether PSMASH divides an entry of 2M before a part of it is freed") boolean smashes) {
        static final Serving STANDARD = new Serving(1, true, true, true, false, true);

        MemfdHost host(Geometry geometry) {
            Level largest = largeFolios ? Level.SIZE_2M : Level.SIZE_4K;
            return new MemfdHost(new SnpMemory(geometry, invalidates, smashes, largest), retries, discards);
        }
    }

    /** Options of a VMM that changes a page unasked. */
    public record Changing(
            @Meaning("the page's number") int page,
            @Meaning("whether the page is made private, or shared") boolean toPrivate,
            @Meaning("whether the RMP is told when a folio is freed") boolean invalidates,
            @Meaning("whether a conversion discards the copy that is out of use") boolean discards) {
        static final Changing STANDARD = new Changing(0, false, true, true);

        MemfdHost host(Geometry geometry) {
            return new MemfdHost(SnpMemory.of(geometry, invalidates), true, discards);
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

    /** Options of a VMM that launches a guest. */
    public record Populating(
            @Meaning("the first page's number") int page,
            @Meaning("how many 4K pages") int pages,
            @Meaning("whether the last of them is shared by then") boolean shares) {
        static final Populating STANDARD = new Populating(0, 1, false);

        Routine<?> routine(Geometry geometry) {
            return new PopulateSecondGuest(
                    new PageRange(geometry.gpa(page), pages), shares, geometry,
                    new MemfdHost(SnpMemory.of(geometry, true), true, true));
        }
    }

    /** Options of software that has none. */
    public record None() {}

    @Override
    public List<Form> forms() {
        return Stream.of(FaultForms.protocol(), MemfdForms.all(), SnpMemfdForms.all()).flatMap(List::stream).toList();
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                new Entry(
                        "memfd-allocate-and-write",
                        new None(),
                        (options, geometry) -> new AllocateAndWrite(geometry),
                        "other software of the host, which gets a free frame and writes to it (SNP)")
                        .needing(FramePool.PART),
                new Entry(
                        "memfd-convert",
                        Changing.STANDARD,
                        (options, geometry) -> ((Changing) options).convert(geometry),
                        "a VMM that converts a page unasked (KVM on SNP)").needing(MemfdHost.parts()),
                new Entry(
                        "memfd-host",
                        Serving.STANDARD,
                        (options, geometry) -> new ServeFromMemfd(
                                ((Serving) options).vcpus(), geometry, ((Serving) options).host(geometry)),
                        "KVM with guest_memfd, and its VMM (KVM on SNP)").needing(MemfdHost.parts()),
                new Entry(
                        "memfd-populate",
                        Populating.STANDARD,
                        (options, geometry) -> ((Populating) options).routine(geometry),
                        "a VMM that launches the second guest of a machine whose firmware runs (KVM on SNP)")
                        .needing(MemfdHost.parts()),
                new Entry(
                        "memfd-punch",
                        Changing.STANDARD,
                        (options, geometry) -> ((Changing) options).punch(geometry),
                        "a VMM that punches a page out of guest_memfd unasked (KVM on SNP)")
                        .needing(MemfdHost.parts()),
                new Entry(
                        "memfd-refill",
                        Changing.STANDARD,
                        (options, geometry) -> ((Changing) options).refill(geometry),
                        "a VMM that punches a page and has another allocated there (KVM on SNP)")
                        .needing(MemfdHost.parts()));
    }
}
