package org.ringfence.platform.snp;

import java.util.List;
import java.util.stream.Stream;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.psc.PscBuffers;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.AcceptanceBitmap;
import org.ringfence.stack.guest.acceptance.AcceptanceForms;
import org.ringfence.stack.guest.acceptance.RescindAndRevalidate;
import org.ringfence.stack.guest.acceptance.Revalidate;
import org.ringfence.stack.guest.acceptance.ShareAndTakeBack;
import org.ringfence.stack.guest.acceptance.Tracking;
import org.ringfence.stack.guest.sev.ChangePages;
import org.ringfence.stack.guest.sev.TakePage;
import org.ringfence.stack.host.kvm.FramePool;
import org.ringfence.stack.host.kvm.Hosting;
import org.ringfence.stack.host.kvm.KvmForms;
import org.ringfence.stack.host.kvm.ServeGuest;
import org.ringfence.stack.host.kvm.creation.CreationForms;

/** Software for SEV-SNP: guests, and what an honest host does for them. */
public final class SnpRoutines implements Routines {

    /** Options of an honest host on SEV-SNP. */
    public record SnpHost(
            @Meaning("vCPUs of the guest, which it serves") int vcpus,
            @Meaning("in which size it backs private memory where nothing stands in the way") Size largest,
            @Meaning("where a page's memory lies once its state has changed") Hosting.Conversion conversion,
            @Meaning("whether it always has memory for what it is asked") ServeGuest.FreeMemory memory,
            @Meaning("whether the guest can ask for the page state changes of a buffer") boolean buffers,
            @Meaning("what it takes for such a buffer's size and place") PscBuffers.Bound bound) {
        Routine<?> serving(Geometry geometry) {
            Level level = largest == Size.LARGE ? Level.SIZE_2M : Level.SIZE_4K;
            return new ServeGuest(vcpus, new Hosting(geometry, level, conversion, buffers, bound), memory);
        }

        List<Part> parts() {
            return buffers ? List.of(FramePool.PART, new PscBuffers.Sized(1)) : List.of(FramePool.PART);
        }
    }

    /** Sizes of pages as options name them. */
    public enum Size {
        @Meaning("In pages of 4K.")
        SMALL,
        @Meaning("In pages of 2M.")
        LARGE
    }

    @Override
    public List<Form> forms() {
        return Stream.of(AcceptanceForms.all(), KvmForms.all(), CreationForms.all()).flatMap(List::stream).toList();
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                Entry.of(
                        "change-pages",
                        ChangePages.standard(),
                        "makes pages private by one buffer of page state changes (SNP)")
                        .needing(options -> List.of(new PscBuffers.Sized(((ChangePages) options).pages()))),
                Entry.of(
                        "rescind-and-revalidate",
                        RescindAndRevalidate.standard(),
                        "validates a page, rescinds it, and validates it again (SNP)"),
                Entry.of(
                        "revalidate",
                        Revalidate.standard(),
                        "validates a page, uses it, and validates it again by mistake (SNP)")
                        .needing(options -> ((Revalidate) options).tracking() == Tracking.NONE
                                ? List.of()
                                : List.of(AcceptanceBitmap.PART)),
                Entry.of(
                        "share-and-take-back",
                        ShareAndTakeBack.standard(),
                        "shares a page with the host and makes it private again (SNP)"),
                new Entry(
                        "snp-host",
                        new SnpHost(
                                1, Size.SMALL, Hosting.Conversion.SEPARATE, ServeGuest.FreeMemory.ENOUGH,
                                false, PscBuffers.Bound.REAL),
                        (options, geometry) -> ((SnpHost) options).serving(geometry),
                        "an honest host: backs pages on faults and changes their state as asked (SNP)")
                        .needing(options -> ((SnpHost) options).parts()),
                Entry.of(
                        "take-page",
                        TakePage.standard(),
                        "validates a page that its host gives it, and uses it (SNP)"));
    }
}
