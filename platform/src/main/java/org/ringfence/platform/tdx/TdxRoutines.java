package org.ringfence.platform.tdx;

import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.AcceptLarge;
import org.ringfence.stack.guest.acceptance.AcceptanceBitmap;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory;
import org.ringfence.stack.guest.acceptance.MapGpaRoundtrip;
import org.ringfence.stack.guest.acceptance.Reaccept;
import org.ringfence.stack.guest.acceptance.Tracking;
import org.ringfence.stack.guest.tdx.GiveUpSecret;
import org.ringfence.stack.guest.tdx.KeepSecret;
import org.ringfence.stack.guest.tdx.RevokeFromL2;
import org.ringfence.stack.guest.tdx.RunL2;
import org.ringfence.stack.guest.tdx.TakeBackRange;
import org.ringfence.stack.guest.tdx.UseSharedAlias;
import org.ringfence.stack.host.tdx.Backing;
import org.ringfence.stack.host.tdx.HandPageOn;
import org.ringfence.stack.host.tdx.InterruptAccepts;
import org.ringfence.stack.host.tdx.Mismatch;
import org.ringfence.stack.host.tdx.Removal;
import org.ringfence.stack.host.tdx.ReuseRemovedPage;
import org.ringfence.stack.host.tdx.ServeVcpus;
import org.ringfence.stack.host.tdx.TakeWithoutTracking;
import org.ringfence.stack.host.tdx.bringup.BringUpForms;
import org.ringfence.stack.host.tdx.bringup.TdxBringUp;
import org.ringfence.stack.host.tdx.bringup.TdxKeyConfig;

/** Software for Intel TDX: guests, and what an honest host does for them. */
public final class TdxRoutines implements Routines {

    /** Options of an honest host on TDX. */
    public record TdxHost(
            @Meaning("vCPUs of the TD, which it serves") int vcpus,
            @Meaning("in which size it backs private memory") Backing backing,
            @Meaning("what it does with a private page once the TD has asked for it to be shared") Removal removal,
            @Meaning("whether it flushes shared translations of what it unmaps; of no meaning where none are kept") boolean flush,
            @Meaning("whether it may answer a MapGPA of several pages with RETRY after the first; needs the "
                    + "platform's map-gpa-retry") boolean retries,
            @Meaning("what it does where the TD touches the private alias of a page that is shared, or the other "
                    + "way round") Mismatch mismatch) {
        Routine<?> serving(Geometry geometry) {
            return new ServeVcpus(geometry, vcpus, backing, removal, flush, retries, mismatch);
        }
    }

    /** Options of a guest that takes a range of pages back. */
    public record TakeBack(
            @Meaning("which pages of the range the guest accepts after MapGPA") TakeBackRange.Accepts accepts) {}

    @Override
    public List<Form> forms() {
        return BringUpForms.all();
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                Entry.of(
                        "accept-large",
                        AcceptLarge.standard(),
                        "accepts 2M at once and uses each 4K page of it (TDX)"),
                Entry.of(
                        "give-up-secret",
                        new GiveUpSecret(),
                        "keeps a secret in a page and gives the page up by MapGPA (TDX)"),
                Entry.of(
                        "hand-over-early-memory",
                        HandOverEarlyMemory.standard(HandOverEarlyMemory.On.TDX),
                        "gives memory used while booting to the inner guest, and keeps another secret (TDX, SNP)"),
                new Entry(
                        "hand-page-on",
                        new HandPageOn.Options(true),
                        (options, geometry) -> ((HandPageOn.Options) options).on(geometry),
                        "a host that gives a page which one TD gave up to another (TDX)"),
                Entry.of(
                        "interrupt-accepts",
                        new InterruptAccepts(0, 1),
                        "a host timer that fires in the middle of 2M accepts (TDX)"),
                Entry.of(
                        "keep-secret",
                        KeepSecret.standard(),
                        "keeps a secret in a page and reads it again, with a #VE handler (TDX)"),
                Entry.of(
                        "mapgpa-roundtrip",
                        MapGpaRoundtrip.standard(),
                        "shares a page and takes it back, then accepts it anew (TDX)"),
                Entry.of(
                        "reaccept",
                        Reaccept.standard(),
                        "accepts a page, uses it, and accepts it again by mistake (TDX)")
                        .needing(options -> ((Reaccept) options).tracking() == Tracking.NONE
                                ? List.of()
                                : List.of(AcceptanceBitmap.PART)),
                new Entry(
                        "reuse-removed-page",
                        new ReuseRemovedPage.Options(1, true),
                        (options, geometry) -> ((ReuseRemovedPage.Options) options).on(geometry),
                        "a host that gives a TD a page, takes it back and uses it (TDX)"),
                Entry.of(
                        "revoke-from-l2",
                        RevokeFromL2.standard(),
                        "lends its L2 VM a page, takes it back and keeps a secret there (TDX)"),
                Entry.of("run-l2", RunL2.standard(),
                        "runs an L2 VM, and flushes its translations whenever it exits (TDX)"),
                new Entry(
                        "take-back-range",
                        new TakeBack(TakeBackRange.Accepts.ALL),
                        (options, geometry) -> new TakeBackRange(geometry, ((TakeBack) options).accepts()),
                        "shares all of its pages at once and takes them back, whatever the host retries (TDX)"),
                Entry.of(
                        "take-without-tracking",
                        TakeWithoutTracking.standard(),
                        "a host that removes a page without waiting for vCPUs to leave (TDX)"),
                new Entry(
                        "tdx-bring-up",
                        TdxBringUp.Options.standard(),
                        (options, geometry) -> ((TdxBringUp.Options) options).on(geometry.frames()),
                        "a host that brings the TDX module up and looks whether it works (TDX)"),
                new Entry(
                        "tdx-host",
                        new TdxHost(1, Backing.ALWAYS_4K, Removal.BEFORE_RETURN, false, false, Mismatch.CONVERTS),
                        (options, geometry) -> ((TdxHost) options).serving(geometry),
                        "an honest host: adds pages on faults and serves MapGPA (TDX)"),
                Entry.of(
                        "tdx-key-config",
                        TdxKeyConfig.standard(),
                        "another processor that configures the global key on its package (TDX)"),
                Entry.of(
                        "use-shared-alias",
                        new UseSharedAlias(),
                        "writes to a shared alias once more after the page is private again (TDX)"));
    }
}
