package org.ringfence.checker.platform;

import java.util.List;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.acceptance.AcceptLarge;
import org.ringfence.stack.guest.acceptance.HandOverEarlyMemory;
import org.ringfence.stack.guest.acceptance.MapGpaRoundtrip;
import org.ringfence.stack.guest.acceptance.Reaccept;
import org.ringfence.stack.guest.acceptance.RescindAndRevalidate;
import org.ringfence.stack.guest.acceptance.Revalidate;
import org.ringfence.stack.guest.acceptance.ShareAndTakeBack;
import org.ringfence.stack.guest.sev.ChangePages;
import org.ringfence.stack.guest.sev.ConvertPage;
import org.ringfence.stack.guest.sev.KeepSecrets;
import org.ringfence.stack.guest.sev.TakePage;
import org.ringfence.stack.guest.svsm.AnswerFlushes;
import org.ringfence.stack.guest.svsm.BootFromMap;
import org.ringfence.stack.guest.svsm.ForwardAccept;
import org.ringfence.stack.guest.svsm.GrantAndRevoke;
import org.ringfence.stack.guest.svsm.GuardOwnPage;
import org.ringfence.stack.guest.svsm.HandOver;
import org.ringfence.stack.guest.svsm.ReadInvalidated;
import org.ringfence.stack.guest.svsm.RecoverAccepted;
import org.ringfence.stack.guest.svsm.ReuseGranted;
import org.ringfence.stack.guest.svsm.ReuseOwnPage;
import org.ringfence.stack.guest.svsm.ScrubRange;
import org.ringfence.stack.guest.svsm.ShareOwnPage;
import org.ringfence.stack.guest.svsm.UseAndScrub;
import org.ringfence.stack.guest.tdx.GiveUpSecret;
import org.ringfence.stack.guest.tdx.KeepSecret;
import org.ringfence.stack.guest.tdx.RevokeFromL2;
import org.ringfence.stack.guest.tdx.RunL2;
import org.ringfence.stack.guest.tdx.TakeBackRange;
import org.ringfence.stack.guest.tdx.UseSharedAlias;
import org.ringfence.stack.host.kvm.Hosting;
import org.ringfence.stack.host.kvm.RecycleAsid;
import org.ringfence.stack.host.kvm.ServeGuest;
import org.ringfence.stack.host.tdx.Backing;
import org.ringfence.stack.host.tdx.HandPageOn;
import org.ringfence.stack.host.tdx.InterruptAccepts;
import org.ringfence.stack.host.tdx.Removal;
import org.ringfence.stack.host.tdx.ReuseRemovedPage;
import org.ringfence.stack.host.tdx.ServeVcpus;
import org.ringfence.stack.host.tdx.TakeWithoutTracking;
import org.ringfence.stack.host.tdx.bringup.TdxBringUp;
import org.ringfence.stack.host.tdx.bringup.TdxKeyConfig;

/** The platforms and routines of this release. */
public final class Standard {
    private Standard() {}

    /**
     * Options of an honest host on TDX.
     *
     * @param vcpus of the TD
     * @param flush whether it flushes shared translations of what it unmaps; of no meaning where none are kept
     * @param retries whether it may answer a MapGPA of several pages with RETRY after the first; needs the platform's map-gpa-retry
     */
    public record TdxHost(int vcpus, Backing backing, Removal removal, boolean flush, boolean retries) {
        Routine<?> serving(Geometry geometry) {
            return new ServeVcpus(geometry, vcpus, backing, removal, flush, retries);
        }
    }

    /**
     * Options of a guest that takes a range of pages back.
     *
     * @param accepts which of them it accepts then
     */
    public record TakeBack(TakeBackRange.Accepts accepts) {}

    /**
     * Options of an honest host on SEV-SNP.
     *
     * @param vcpus of the guest
     * @param memory whether it always has memory for what it is asked
     * @param buffers whether the guest can ask for the page state changes of a buffer
     */
    public record SnpHost(
            int vcpus, Size largest, Hosting.Conversion conversion, ServeGuest.FreeMemory memory, boolean buffers) {
        Routine<?> serving(Geometry geometry) {
            Level level = largest == Size.LARGE ? Level.SIZE_2M : Level.SIZE_4K;
            return new ServeGuest(vcpus, new Hosting(geometry, level, conversion, buffers), memory);
        }
    }

    /**
     * Options of a scrub.
     *
     * @param page the first 4K page
     * @param pages how many
     * @param cap 4K pages a step at most
     * @param refusals whether any mapping may be refused
     */
    public record Scrubbing(int page, int pages, int cap, boolean refusals) {
        Routine<?> routine(Geometry geometry) {
            return new UseAndScrub(new ScrubRange(geometry, page, pages, cap, refusals));
        }
    }

    /** Sizes of pages as options name them. */
    public enum Size {
        SMALL,
        LARGE
    }

    /** All of them. */
    public static Registry registry() {
        return new Registry(
                List.of(
                        new TdxPlatform(),
                        new TdxHostPlatform(),
                        new TdxModulePlatform(),
                        new SnpPlatform(),
                        new SevPlatform(),
                        new NativePlatform()),
                List.of(
                        Entry.of(
                                "accept-large",
                                AcceptLarge.standard(),
                                "accepts 2M at once and uses each 4K page of it (TDX)"),
                        Entry.of(
                                "hand-over-early-memory",
                                HandOverEarlyMemory.standard(HandOverEarlyMemory.On.TDX),
                                "gives memory used while booting to the inner guest, and keeps another secret (TDX, SNP)"),
                        Entry.of(
                                "interrupt-accepts",
                                new InterruptAccepts(0, 1),
                                "a host timer that fires in the middle of 2M accepts (TDX)"),
                        Entry.of(
                                "change-pages",
                                ChangePages.standard(),
                                "makes pages private by one buffer of page state changes (SNP)"),
                        Entry.of(
                                "keep-secrets",
                                KeepSecrets.standard(),
                                "keeps a secret in its memory and reads it (SEV, SNP with launched pages)"),
                        Entry.of(
                                "convert-page",
                                ConvertPage.standard(),
                                "changes the C-bit of a page and uses it anew (SEV with a page table)"),
                        Entry.of(
                                "recycle-asid",
                                RecycleAsid.standard(),
                                "a host that gives the ASID of one guest to another (SEV with the firmware)"),
                        Entry.of(
                                "take-page",
                                TakePage.standard(),
                                "validates a page that its host gives it, and uses it (SNP)"),
                        Entry.of(
                                "mapgpa-roundtrip",
                                MapGpaRoundtrip.standard(),
                                "shares a page and takes it back, then accepts it anew (TDX)"),
                        Entry.of(
                                "reaccept",
                                Reaccept.standard(),
                                "accepts a page, uses it, and accepts it again by mistake (TDX)"),
                        Entry.of(
                                "rescind-and-revalidate",
                                RescindAndRevalidate.standard(),
                                "validates a page, rescinds it, and validates it again (SNP)"),
                        Entry.of(
                                "revalidate",
                                Revalidate.standard(),
                                "validates a page, uses it, and validates it again by mistake (SNP)"),
                        Entry.of(
                                "share-and-take-back",
                                ShareAndTakeBack.standard(),
                                "shares a page with the host and makes it private again (SNP)"),
                        new Entry(
                                "snp-host",
                                new SnpHost(
                                        1, Size.SMALL, Hosting.Conversion.SEPARATE, ServeGuest.FreeMemory.ENOUGH,
                                        false),
                                (options, geometry) -> ((SnpHost) options).serving(geometry),
                                "an honest host: backs pages on faults and changes their state as asked (SNP)"),
                        Entry.of(
                                "svsm-answer-flushes",
                                new AnswerFlushes(),
                                "a CPU of the monitor that flushes its translations when it is asked (TDX)"),
                        Entry.of(
                                "svsm-boot-from-map",
                                BootFromMap.standard(),
                                "an inner guest that uses the memory its monitor tells it of"),
                        Entry.of(
                                "svsm-forward-accept",
                                ForwardAccept.standard(),
                                "a monitor that accepts a page for its inner guest, and later takes it back (TDX)"),
                        Entry.of(
                                "svsm-grant-and-revoke",
                                GrantAndRevoke.standard(),
                                "a monitor that lends a page to its inner guest and then keeps a secret there"),
                        Entry.of(
                                "svsm-guard-own-page",
                                GuardOwnPage.standard(),
                                "a monitor with a secret that answers its inner guest's calls (SNP)"),
                        Entry.of(
                                "svsm-hand-over",
                                HandOver.standard(),
                                "a monitor that gives memory used while booting to its inner guest, or withholds it"),
                        Entry.of(
                                "svsm-read-invalidated",
                                ReadInvalidated.standard(),
                                "a monitor that reads a page it has invalidated"),
                        Entry.of(
                                "svsm-recover-accepted",
                                RecoverAccepted.standard(),
                                "a monitor that recovers a page which was accepted already (TDX)"),
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
                                new Scrubbing(0, 1, 1, false),
                                (options, geometry) -> ((Scrubbing) options).routine(geometry),
                                "a monitor that zeroes a range through temporary mappings"),
                        Entry.of(
                                "svsm-share-own-page",
                                ShareOwnPage.standard(),
                                "a monitor that shares a page with its host and takes it back"),
                        Entry.of(
                                "give-up-secret",
                                new GiveUpSecret(),
                                "keeps a secret in a page and gives the page up by MapGPA (TDX)"),
                        new Entry(
                                "hand-page-on",
                                new HandPageOn.Options(true),
                                (options, geometry) -> ((HandPageOn.Options) options).on(geometry),
                                "a host that gives a page which one TD gave up to another (TDX)"),
                        Entry.of(
                                "keep-secret",
                                KeepSecret.standard(),
                                "keeps a secret in a page and reads it again, with a #VE handler (TDX)"),
                        Entry.of(
                                "revoke-from-l2",
                                RevokeFromL2.standard(),
                                "lends its L2 VM a page, takes it back and keeps a secret there (TDX)"),
                        new Entry(
                                "reuse-removed-page",
                                new ReuseRemovedPage.Options(1, true),
                                (options, geometry) -> ((ReuseRemovedPage.Options) options).on(geometry),
                                "a host that gives a TD a page, takes it back and uses it (TDX)"),
                        Entry.of("run-l2", RunL2.standard(),
                                "runs an L2 VM, and flushes its translations whenever it exits (TDX)"),
                        Entry.of(
                                "take-without-tracking",
                                TakeWithoutTracking.standard(),
                                "a host that removes a page without waiting for vCPUs to leave (TDX)"),
                        Entry.of(
                                "use-shared-alias",
                                new UseSharedAlias(),
                                "writes to a shared alias once more after the page is private again (TDX)"),
                        new Entry(
                                "take-back-range",
                                new TakeBack(TakeBackRange.Accepts.ALL),
                                (options, geometry) -> new TakeBackRange(geometry, ((TakeBack) options).accepts()),
                                "shares all of its pages at once and takes them back, whatever the host retries (TDX)"),
                        new Entry(
                                "tdx-bring-up",
                                TdxBringUp.Options.standard(),
                                (options, geometry) -> ((TdxBringUp.Options) options).on(geometry.frames()),
                                "a host that brings the TDX module up and looks whether it works (TDX)"),
                        new Entry(
                                "tdx-host",
                                new TdxHost(1, Backing.ALWAYS_4K, Removal.BEFORE_RETURN, false, false),
                                (options, geometry) -> ((TdxHost) options).serving(geometry),
                                "an honest host: adds pages on faults and serves MapGPA (TDX)"),
                        Entry.of(
                                "tdx-key-config",
                                TdxKeyConfig.standard(),
                                "another processor that configures the global key on its package (TDX)")));
    }
}
