package org.ringfence.stack.guest.uefi.handover;

import org.ringfence.machine.device.DeviceOperation.HaltDevice;
import org.ringfence.machine.device.DeviceOperation.StartDevice;
import org.ringfence.machine.device.DeviceWork;
import org.ringfence.machine.device.IommuOperation.AwaitInvalidated;
import org.ringfence.machine.device.IommuOperation.Grant;
import org.ringfence.machine.device.IommuOperation.Invalidate;
import org.ringfence.machine.device.IommuOperation.Translate;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * Firmware with an IOMMU of VT-d's kind and one device: nothing is reached that was not granted. The device is not
 * trusted there; the host is no matter. At the hand-over translation is turned off, unless the policy says to keep it,
 * and then an operating system must know of it. Source: edk2-platforms, IntelVTdDxe (PcdVTdPolicyPropertyMask).
 */
public record VtdFirmware(
        @Meaning("whether translation stays on at ExitBootServices: bit 1 of the policy") boolean keeps,
        @Meaning("whether the operating system takes the IOMMU over, and grants what its driver needs") boolean aware,
        @Meaning("whether Unmap takes the grant back") boolean revokes,
        @Meaning("whether it then has the device forget its translations, and waits until it has") boolean invalidates)
        implements
            Routine<Done> {
    private static final int DEVICE = 0;
    private static final long BUFFER = 0;
    private static final long OTHER = Geometry.SMALL;

    /** The routine with its default options. */
    public static VtdFirmware standard() {
        return new VtdFirmware(true, true, true, true);
    }

    @Override
    public Done run(Cpu cpu) {
        cpu.ask(new Translate(true));
        store(cpu, BUFFER, Value.LAUNCH);
        store(cpu, OTHER, Value.DATA);
        cpu.ask(new Grant(DEVICE, BUFFER, true, true));
        cpu.ask(new StartDevice(DEVICE, DeviceWork.RECEIVE, BUFFER, Value.LAUNCH));
        cpu.ask(new HaltDevice(DEVICE));
        if (revokes) {
            cpu.ask(new Grant(DEVICE, BUFFER, false, false));
            if (invalidates) {
                cpu.ask(new Invalidate(DEVICE));
                cpu.ask(new AwaitInvalidated(DEVICE));
            }
        }
        if (!keeps) {
            cpu.ask(new Translate(false));
        }
        return system(cpu);
    }

    /** The operating system has a secret where the buffer was, and a disk. */
    private Done system(Cpu cpu) {
        store(cpu, BUFFER, Value.DATA);
        load(cpu, BUFFER);
        store(cpu, OTHER, Value.LAUNCH);
        if (aware) {
            cpu.ask(new Grant(DEVICE, OTHER, true, false));
        }
        cpu.ask(new StartDevice(DEVICE, DeviceWork.DISK_WRITE, OTHER, Value.LAUNCH));
        return Done.DONE;
    }

    private static void store(Cpu cpu, long gpa, Value value) {
        if (cpu.ask(new Store(gpa, value)) != Stored.STORED) {
            throw new Panic("fault in a store to GPA 0x%X".formatted(gpa));
        }
    }

    private static void load(Cpu cpu, long gpa) {
        if (!cpu.ask(new Load(gpa)).isContents()) {
            throw new Panic("fault in a load from GPA 0x%X".formatted(gpa));
        }
    }
}
