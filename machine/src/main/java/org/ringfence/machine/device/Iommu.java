package org.ringfence.machine.device;

import java.util.List;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;

/**
 * An IOMMU of the guest's, as VT-d's are: once translation is on, a device reaches only pages that its table grants, to
 * read, to write, or both. A device that has an address translation cache (a device TLB) may go on with a translation
 * that was taken away until it has been invalidated; an invalidation is a request that the device completes later.
 * Source: Intel VT-d specification 4.1, 3.4 and 6.5.2; PCI Express, Address Translation Services.
 *
 * @param on whether translation is on; while it is off every device reaches all
 * @param readable for each device the pages that its table lets it read
 * @param writable those that it lets it write
 * @param staleReadable those that a translation kept by the device still lets it read
 * @param staleWritable those that one still lets it write
 * @param invalidating whether the device has been asked to forget what it keeps
 */
public record Iommu(
        int devices,
        int pages,
        boolean hasDeviceTlb,
        Flag on,
        Bits readable,
        Bits writable,
        Bits staleReadable,
        Bits staleWritable,
        Flag invalidating) {

    private static final int MOST_PAGES = 64;

    /**
     * Brings one. It must come before the devices behind it.
     *
     * @param hasDeviceTlb whether devices keep translations
     */
    public record Sized(int devices, boolean hasDeviceTlb) implements Part {
        public Sized {
            Numbered.require("device", devices - 1, Devices.MOST);
        }

        @Override
        public Class<Iommu> type() {
            return Iommu.class;
        }

        @Override
        public Iommu declare(Declaration declaration, Machine machine, Cast cast) {
            return Iommu.declare(
                    declaration, devices, machine.part(Memory.class).geometry().pages(), hasDeviceTlb);
        }

        @Override
        public Part and(Part other) {
            return other instanceof Sized(int others, boolean othersTlb)
                    ? new Sized(Math.max(devices, others), hasDeviceTlb || othersTlb)
                    : Part.super.and(other);
        }

        @Override
        public List<Adversary> adversaries() {
            return List.of(Adversary.hardware((machine, cast) -> {
                Iommu iommu = machine.part(Iommu.class);
                return iommu.hasDeviceTlb
                        ? List.of(new NumberedFamily(
                                Principal.HARDWARE,
                                iommu.devices,
                                iommu::completes,
                                IommuOperation.CompleteInvalidation::new))
                        : List.of();
            }));
        }
    }

    /** Declares an IOMMU before so many devices. */
    public static Iommu declare(Declaration declaration, int devices, int pages, boolean hasDeviceTlb) {
        if (pages > MOST_PAGES) {
            throw new IllegalArgumentException(
                    "an IOMMU maps %d pages at most, not %d".formatted(MOST_PAGES, pages));
        }
        var table = declaration.table("IOMMU", "device", devices);
        int kept = hasDeviceTlb ? pages : 0;
        return new Iommu(
                devices,
                pages,
                hasDeviceTlb,
                declaration.single("IOMMU translation").flag("on"),
                table.bits("readable", pages),
                table.bits("writable", pages),
                table.bits("stale readable", kept),
                table.bits("stale writable", kept),
                table.flag("invalidating"));
    }

    /** Whether a device reaches a page. */
    boolean lets(State state, int device, int page, boolean write) {
        Bits grants = write ? writable : readable;
        Bits stale = write ? staleWritable : staleReadable;
        return !on.get(state) || grants.has(state, device, page) || hasDeviceTlb && stale.has(state, device, page);
    }

    /** Grants a page, or takes it away; what was granted before, the device may have kept. */
    void grant(State state, int device, int page, boolean read, boolean write) {
        change(state, device, page, readable, staleReadable, read);
        change(state, device, page, writable, staleWritable, write);
    }

    private void change(State state, int device, int page, Bits grants, Bits stale, boolean allowed) {
        if (allowed) {
            grants.add(state, device, page);
        } else if (grants.has(state, device, page)) {
            grants.remove(state, device, page);
            if (hasDeviceTlb) {
                stale.add(state, device, page);
            }
        }
    }

    /** Asks a device to forget what it keeps. */
    void invalidate(State state, int device) {
        invalidating.set(state, device, hasDeviceTlb);
    }

    /** The device has forgotten. Answers whether it was asked to. */
    boolean completes(State state, int device) {
        boolean asked = invalidating.get(state, device);
        if (asked) {
            staleReadable.set(state, device, 0);
            staleWritable.set(state, device, 0);
            invalidating.set(state, device, false);
        }
        return asked;
    }
}
