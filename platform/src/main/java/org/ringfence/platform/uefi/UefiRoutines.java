package org.ringfence.platform.uefi;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.device.DeviceForms;
import org.ringfence.machine.device.Devices;
import org.ringfence.machine.device.Iommu;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Signals;
import org.ringfence.stack.guest.uefi.UefiForms;
import org.ringfence.stack.guest.uefi.dma.IoMmu;
import org.ringfence.stack.guest.uefi.dma.MapInfos;
import org.ringfence.stack.guest.uefi.event.Events;
import org.ringfence.stack.guest.uefi.handover.HandOverFirmware;
import org.ringfence.stack.guest.uefi.handover.TransferFirmware;
import org.ringfence.stack.guest.uefi.handover.UnacceptedFirmware;
import org.ringfence.stack.guest.uefi.handover.VtdFirmware;
import org.ringfence.stack.guest.uefi.memory.BootState;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory;
import org.ringfence.stack.guest.uefi.memory.FirmwarePool;

/** Software of UEFI firmware. */
public final class UefiRoutines implements Routines {
    /** The IOMMU driver's two, and that of a driver that wants to be last. */
    private static final int MORE_EVENTS = 3;
    /** A page of pool that is cut for four MAP_INFOs becomes fewer blocks than that, and as many must be free. */
    private static final int POOL_BLOCKS = 20;

    @Override
    public List<Form> forms() {
        List<Form> forms = new ArrayList<>(UefiForms.all());
        forms.addAll(DeviceForms.all());
        return forms;
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                new Entry(
                        "uefi-hand-over",
                        HandOverFirmware.Options.standard(),
                        (options, geometry) -> new HandOverFirmware((HandOverFirmware.Options) options,
                                geometry.pages()),
                        "firmware with drivers and devices, a loader that ends boot services, and an operating system")
                        .needing(options -> parts((HandOverFirmware.Options) options)),
                new Entry(
                        "uefi-transfer",
                        TransferFirmware.Options.standard(),
                        (options, geometry) -> new TransferFirmware((TransferFirmware.Options) options,
                                geometry.pages()),
                        "a driver in firmware that maps a page for DMA, looks at it and unmaps it")
                        .needing(options -> transfer((TransferFirmware.Options) options)),
                new Entry(
                        "uefi-unaccepted",
                        UnacceptedFirmware.Options.standard(),
                        (options, geometry) -> new UnacceptedFirmware((UnacceptedFirmware.Options) options,
                                geometry.pages()),
                        "firmware with memory that is not accepted, and a loader that ends boot services (SNP, TDX)")
                        .needing(new Events.Sized(2, false), FirmwareMemory.PART, BootState.PART),
                Entry.of(
                        "uefi-vtd",
                        VtdFirmware.standard(),
                        "firmware with an IOMMU of VT-d's kind, and an operating system with a disk")
                        .needing(options -> List.of(
                                new Iommu.Sized(1, true), new Devices.Sized(1))));
    }

    private static List<Part> transfer(TransferFirmware.Options options) {
        return List.of(
                new Events.Sized(1, false),
                FirmwareMemory.PART,
                new Devices.Sized(1),
                new IoMmu.Sized(1, 1, options.layout().slots(), false),
                new Signals.Named(List.of(HandOverFirmware.HANDED_OVER)));
    }

    private static List<Part> parts(HandOverFirmware.Options options) {
        boolean inPool = options.infos() == MapInfos.IN_POOL;
        List<Part> parts = new ArrayList<>(List.of(
                new Events.Sized(options.drivers() + MORE_EVENTS + (options.clearsBusMaster() ? 1 : 0), false),
                FirmwareMemory.PART,
                BootState.PART,
                new Devices.Sized(options.drivers()),
                new IoMmu.Sized(options.drivers(), options.drivers(), options.layout().slots(), inPool),
                new Signals.Named(List.of(HandOverFirmware.HANDED_OVER))));
        if (inPool) {
            parts.add(new FirmwarePool.Sized(POOL_BLOCKS));
        }
        return parts;
    }
}
