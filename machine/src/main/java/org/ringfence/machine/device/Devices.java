package org.ringfence.machine.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.HostMemory;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * Devices that do DMA. A driver starts one with a buffer and may halt it; in between, it does what it was asked for at
 * a time of its own choice, and that is what anyone who takes the buffer away too early finds out. A disk that reads
 * something else from its buffer than the driver put there has written a wrong sector: integrity is broken. One whose
 * command finds no memory at all has lost it: availability is broken.
 *
 * <p>A device that is not trusted reads and writes what its IOMMU lets it, on machines that have one, and else any
 * page.
 *
 * @param work of each device
 * @param page its buffer
 * @param expected what a disk is to find there
 */
public record Devices(
        int count,
        Enumerated<DeviceWork> work,
        Bounded page,
        Enumerated<Value> expected,
        Memory memory,
        DmaTarget target,
        HostMemory rule,
        Optional<Iommu> iommu) {

    /** The devices of one machine at most. */
    public static final int MOST = 16;

    private static final int BLOCKED = -1;

    /** Brings so many devices. */
    public record Sized(int count) implements Part {
        public Sized {
            if (count < 1 || count > MOST) {
                throw new IllegalArgumentException("there are 1 to %d devices, not %d".formatted(MOST, count));
            }
        }

        @Override
        public Class<Devices> type() {
            return Devices.class;
        }

        @Override
        public Devices declare(Declaration declaration, Machine machine, Cast cast) {
            return Devices.declare(declaration, machine, count);
        }

        @Override
        public Part and(Part other) {
            return other instanceof Sized(int others) ? new Sized(Math.max(count, others)) : Part.super.and(other);
        }

        @Override
        public List<Adversary> adversaries() {
            return List.of(
                    Adversary.hardware((machine, cast) -> atWork(machine.part(Devices.class))),
                    Adversary.malicious(Principal.DEVICE, (machine, cast) -> stray(machine.part(Devices.class))));
        }
    }

    /** Declares so many devices. */
    public static Devices declare(Declaration declaration, Machine machine, int count) {
        Memory memory = machine.part(Memory.class);
        Table table = declaration.table("device", "", count);
        return new Devices(
                count,
                table.enumerated("work", DeviceWork.class),
                table.bounded("page", memory.geometry().pages() - 1),
                table.enumerated("expected", Value.class),
                memory,
                machine.find(DmaTarget.class).orElseThrow(() -> new IllegalArgumentException(
                        "devices do not reach the memory of this platform")),
                HostMemory.of(machine),
                machine.find(Iommu.class));
    }

    // ---- what drivers do

    void start(State state, int device, DeviceWork what, int buffer, Value toFind) {
        work.set(state, device, what);
        page.set(state, device, buffer);
        expected.set(state, device, toFind);
    }

    void halt(State state, int device) {
        start(state, device, DeviceWork.NONE, 0, Value.ZERO);
    }

    // ---- what devices do

    /** The frame that a device reaches, or {@link #BLOCKED}. */
    private int frame(State state, int device, int at, boolean write) {
        if (iommu.isPresent() && !iommu.get().lets(state, device, at, write)) {
            return BLOCKED;
        }
        int frame = target.dmaFrame(state, at);
        return frame >= 0 && rule.permits(state, frame, write) ? frame : BLOCKED;
    }

    /** The device does what it is at. Answers whether anything comes of it. */
    boolean works(State state, int device) {
        DeviceWork at = work.get(state, device);
        if (at == DeviceWork.NONE) {
            return false;
        }
        int frame = frame(state, device, page.get(state, device), at.writes());
        if (frame == BLOCKED) {
            if (at.isOnce()) {
                state.observe(Property.AVAILABILITY.broken());
                halt(state, device);
            }
            return at.isOnce();
        }
        if (at.writes()) {
            memory.write(state, frame, Value.HOST, 0);
        } else {
            boolean right = memory.read(state, frame, 0) == expected.ordinal(state, device);
            state.observe(right ? Property.INTEGRITY.exercised() : Property.INTEGRITY.broken());
        }
        if (at.isOnce()) {
            halt(state, device);
        }
        return true;
    }

    /** A device that is not trusted reads or writes a page. Answers whether it is let. */
    boolean strays(State state, int device, int at, boolean write) {
        int frame = frame(state, device, at, write);
        if (frame == BLOCKED) {
            return false;
        }
        if (write) {
            memory.write(state, frame, Value.HOST, 0);
        } else {
            Ledger.seen(state, Principal.DEVICE, memory.read(state, frame, 0));
        }
        return true;
    }

    private static List<Family> atWork(Devices devices) {
        return List.of(new WorkFamily(devices));
    }

    private static List<Family> stray(Devices devices) {
        List<Family> families = new ArrayList<>();
        families.add(new StrayFamily(devices, false));
        families.add(new StrayFamily(devices, true));
        return families;
    }
}
