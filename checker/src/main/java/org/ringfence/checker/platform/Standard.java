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
import org.ringfence.stack.host.kvm.Hosting;
import org.ringfence.stack.host.kvm.ServeGuest;
import org.ringfence.stack.host.tdx.Backing;
import org.ringfence.stack.host.tdx.InterruptAccepts;
import org.ringfence.stack.host.tdx.Removal;
import org.ringfence.stack.host.tdx.ServeVcpus;

/** The platforms and routines of this release. */
public final class Standard {
    private Standard() {}

    /**
     * Options of an honest host on TDX.
     *
     * @param vcpus of the TD
     */
    public record TdxHost(int vcpus, Backing backing, Removal removal) {
        Routine<?> serving(Geometry geometry) {
            return new ServeVcpus(geometry, vcpus, backing, removal);
        }
    }

    /**
     * Options of an honest host on SEV-SNP.
     *
     * @param vcpus of the guest
     */
    public record SnpHost(int vcpus, Size largest, Hosting.Conversion conversion) {
        Routine<?> serving(Geometry geometry) {
            Level level = largest == Size.LARGE ? Level.SIZE_2M : Level.SIZE_4K;
            return new ServeGuest(vcpus, new Hosting(geometry, level, conversion));
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
                List.of(new TdxPlatform(), new SnpPlatform()),
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
                                new SnpHost(1, Size.SMALL, Hosting.Conversion.SEPARATE),
                                (options, geometry) -> ((SnpHost) options).serving(geometry),
                                "an honest host: backs pages on faults and changes their state as asked (SNP)"),
                        new Entry(
                                "tdx-host",
                                new TdxHost(1, Backing.ALWAYS_4K, Removal.BEFORE_RETURN),
                                (options, geometry) -> ((TdxHost) options).serving(geometry),
                                "an honest host: adds pages on faults and serves MapGPA (TDX)")));
    }
}
