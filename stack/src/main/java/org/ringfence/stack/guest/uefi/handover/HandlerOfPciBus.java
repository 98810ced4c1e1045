package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.device.DeviceOperation.HaltDevice;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.stack.guest.uefi.event.EventServices;
import org.ringfence.stack.guest.uefi.event.Notification;

/**
 * A PCI bus driver's handler at ExitBootServices that clears the Bus Master bit of every device. edk2 had one and took
 * it back, as Windows did not resume and disks did not boot. Source: edk2, 6fb8ddd36b, 76fd5a660d, a8035b9086.
 *
 * @param devices how many
 */
record HandlerOfPciBus(int devices) implements Notification {
    @Override
    public void notify(Cpu cpu, EventServices services, int event) {
        for (int device = 0; device < devices; device++) {
            cpu.ask(new HaltDevice(device));
        }
    }
}
