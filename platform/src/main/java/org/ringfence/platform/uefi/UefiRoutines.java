package org.ringfence.platform.uefi;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.device.DeviceForms;
import org.ringfence.machine.device.Devices;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Signals;
import org.ringfence.stack.guest.uefi.UefiForms;
import org.ringfence.stack.guest.uefi.dma.IoMmu;
import org.ringfence.stack.guest.uefi.event.Events;
import org.ringfence.stack.guest.uefi.handover.HandOverFirmware;
import org.ringfence.stack.guest.uefi.memory.BootState;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory;

/** Software of UEFI firmware. */
public final class UefiRoutines implements Routines {
    /** The IOMMU driver's two, and that of a driver that wants to be last. */
    private static final int MORE_EVENTS = 3;

    @Override
    public List<Form> forms() {
        List<Form> forms = new ArrayList<>(UefiForms.all());
        forms.addAll(DeviceForms.all());
        return forms;
    }

    @Override
    public List<Entry> entries() {
        return List.of(new Entry(
                "uefi-hand-over",
                HandOverFirmware.Options.standard(),
                (options, geometry) -> new HandOverFirmware((HandOverFirmware.Options) options, geometry.pages()),
                "firmware with drivers and devices, a loader that ends boot services, and an operating system")
                .needing(options -> parts((HandOverFirmware.Options) options)));
    }

    private static List<Part> parts(HandOverFirmware.Options options) {
        return List.of(
                new Events.Sized(options.drivers() + MORE_EVENTS, false),
                FirmwareMemory.PART,
                BootState.PART,
                new Devices.Sized(options.drivers()),
                new IoMmu.Sized(options.drivers(), options.drivers(), options.layout().slots()),
                new Signals.Named(List.of(HandOverFirmware.HANDED_OVER)));
    }
}
