package org.ringfence.platform.svsm;

import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.AcceptanceBitmap;
import org.ringfence.stack.guest.svsm.AnswerFlushes;
import org.ringfence.stack.guest.svsm.BootFromMap;
import org.ringfence.stack.guest.svsm.CallLock;
import org.ringfence.stack.guest.svsm.CallingArea;
import org.ringfence.stack.guest.svsm.FlushRequests;
import org.ringfence.stack.guest.svsm.ForwardAccept;
import org.ringfence.stack.guest.svsm.GrantAndRevoke;
import org.ringfence.stack.guest.svsm.GuardOwnPage;
import org.ringfence.stack.guest.svsm.GuestMap;
import org.ringfence.stack.guest.svsm.HandOver;
import org.ringfence.stack.guest.svsm.ReadInvalidated;
import org.ringfence.stack.guest.svsm.RecoverAccepted;
import org.ringfence.stack.guest.svsm.RequestPages;
import org.ringfence.stack.guest.svsm.ReuseGranted;
import org.ringfence.stack.guest.svsm.ReuseOwnPage;
import org.ringfence.stack.guest.svsm.ServeOtherCpu;
import org.ringfence.stack.guest.svsm.ShareOwnPage;
import org.ringfence.stack.guest.svsm.SvsmForms;
import org.ringfence.stack.guest.svsm.window.ScrubRange;
import org.ringfence.stack.guest.svsm.window.UseAndScrub;
import org.ringfence.stack.guest.svsm.window.Window;

/** Software of a monitor (an SVSM) and of its inner guest. */
public final class SvsmRoutines implements Routines {

    /** Options of a scrub. */
    public record Scrubbing(
            @Meaning("the first 4K page") int page,
            @Meaning("how many 4K pages") int pages,
            @Meaning("4K pages a step at most") int cap,
            @Meaning("whether any mapping may be refused") boolean refusals,
            @Meaning("slots of 4K in the monitor's window for temporary mappings") int smallSlots,
            @Meaning("slots of 2M in that window") int largeSlots,
            @Meaning("whether a temporary mapping leaves a slot free behind it") boolean guard) {
        Window.Sized window() {
            return new Window.Sized(smallSlots, largeSlots, guard);
        }

        Routine<?> routine(Geometry geometry) {
            return new UseAndScrub(new ScrubRange(geometry, page, pages, cap, refusals));
        }
    }

    private static List<Part> serving(GuardOwnPage monitor) {
        return monitor.lock()
                ? List.of(CallingArea.PART, RequestPages.PART, CallLock.PART)
                : List.of(CallingArea.PART, RequestPages.PART);
    }

    @Override
    public List<Form> forms() {
        return SvsmForms.all();
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                Entry.of(
                        "svsm-answer-flushes",
                        new AnswerFlushes(),
                        "a CPU of the monitor that flushes its translations when it is asked (TDX)")
                        .needing(FlushRequests.PART),
                Entry.of(
                        "svsm-boot-from-map",
                        BootFromMap.standard(),
                        "an inner guest that uses the memory its monitor tells it of").needing(GuestMap.PART),
                Entry.of(
                        "svsm-forward-accept",
                        ForwardAccept.standard(),
                        "a monitor that accepts a page for its inner guest, and later takes it back (TDX)")
                        .needing(AcceptanceBitmap.PART),
                Entry.of(
                        "svsm-grant-and-revoke",
                        GrantAndRevoke.standard(),
                        "a monitor that lends a page to its inner guest and then keeps a secret there"),
                Entry.of(
                        "svsm-guard-own-page",
                        GuardOwnPage.standard(),
                        "a monitor with a secret that answers its inner guest's calls (SNP)")
                        .needing(options -> serving((GuardOwnPage) options)),
                Entry.of(
                        "svsm-hand-over",
                        HandOver.standard(),
                        "a monitor that gives memory used while booting to its inner guest, or withholds it")
                        .needing(options -> ((HandOver) options).tell() ? List.of(GuestMap.PART) : List.of()),
                Entry.of(
                        "svsm-read-invalidated",
                        ReadInvalidated.standard(),
                        "a monitor that reads a page it has invalidated"),
                Entry.of(
                        "svsm-recover-accepted",
                        RecoverAccepted.standard(),
                        "a monitor that recovers a page which was accepted already (TDX)")
                        .needing(options -> ((RecoverAccepted) options).cpus() > 1
                                ? List.of(FlushRequests.PART)
                                : List.of()),
                Entry.of(
                        "svsm-reuse-granted",
                        ReuseGranted.standard(),
                        "a monitor that takes a page back by invalidating it"),
                Entry.of(
                        "svsm-reuse-own-page",
                        ReuseOwnPage.standard(),
                        "a monitor that frees a page and validates it anew"),
                new Entry(
                        "svsm-scrub",
                        new Scrubbing(0, 1, 1, false, 2, 2, false),
                        (options, geometry) -> ((Scrubbing) options).routine(geometry),
                        "a monitor that zeroes a range through temporary mappings")
                        .needing(options -> List.of(((Scrubbing) options).window())),
                new Entry(
                        "svsm-serve-other-cpu",
                        GuardOwnPage.standard(),
                        (options, geometry) -> new ServeOtherCpu((GuardOwnPage) options),
                        "another CPU of the monitor of svsm-guard-own-page, with its options (SNP)")
                        .needing(options -> serving((GuardOwnPage) options)),
                Entry.of(
                        "svsm-share-own-page",
                        ShareOwnPage.standard(),
                        "a monitor that shares a page with its host and takes it back"));
    }
}
