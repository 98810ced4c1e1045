package org.ringfence.machine.device;

import java.util.List;
import java.util.Objects;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;

/** What drivers do with {@link Devices}, and what these do. */
public sealed interface DeviceOperation extends Action {

    /** The device, from 0. */
    int device();

    @Override
    default List<Part> needs() {
        return List.of(new Devices.Sized(device() + 1));
    }

    private static Devices on(Machine machine, int device) {
        Devices devices = machine.part(Devices.class);
        Objects.checkIndex(device, devices.count());
        return devices;
    }

    /**
     * A driver starts a device, by its registers.
     *
     * @param gpa of its buffer
     * @param expected what a disk is to find there
     */
    record StartDevice(int device, DeviceWork work, long gpa, Value expected) implements DeviceOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            Devices devices = DeviceOperation.on(machine, device);
            int page = GuestPages.page(devices.memory().geometry(), gpa);
            return state -> {
                devices.start(state, device, work, page, expected);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "start device";
        }
    }

    /** A driver halts a device: a reset, or bus mastering off. When this is done no DMA of it is under way. */
    record HaltDevice(int device) implements DeviceOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            Devices devices = DeviceOperation.on(machine, device);
            return state -> {
                devices.halt(state, device);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "halt device";
        }
    }

    /** A driver waits until a device has finished what it was started for. */
    record AwaitDevice(int device) implements DeviceOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            Devices devices = DeviceOperation.on(machine, device);
            return state -> devices.work().is(state, device, DeviceWork.NONE) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "await device";
        }
    }

    /** A device does what it was started for. */
    record Dma(int device) implements DeviceOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            Devices devices = DeviceOperation.on(machine, device);
            return state -> devices.works(state, device) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "DMA";
        }
    }

    /** A device that is not trusted reads or writes the page at {@code gpa}. */
    record StrayDma(int device, long gpa, boolean write) implements DeviceOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            Devices devices = DeviceOperation.on(machine, device);
            int page = GuestPages.page(devices.memory().geometry(), gpa);
            return state -> devices.strays(state, device, page, write) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "stray DMA";
        }
    }
}
