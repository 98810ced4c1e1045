package org.ringfence.machine.device;

import java.util.List;
import java.util.Objects;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Step;

/** What software does with the {@link Iommu}, and what devices do about it. */
public sealed interface IommuOperation extends Action {

    @Override
    default List<Part> needs() {
        return List.of(new Iommu.Sized(1, false));
    }

    /** Turns translation on or off. */
    record Translate(boolean on) implements IommuOperation {
        @Override
        public Step on(Machine machine, Actor actor) {
            Iommu iommu = machine.part(Iommu.class);
            return state -> {
                iommu.on().set(state, on);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "IOMMU translation";
        }
    }

    /** Writes the entry of a device for the page at {@code gpa}. */
    record Grant(int device, long gpa, boolean read, boolean write) implements IommuOperation {
        @Override
        public List<Part> needs() {
            return List.of(new Iommu.Sized(device + 1, false));
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Iommu iommu = machine.part(Iommu.class);
            Objects.checkIndex(device, iommu.devices());
            int page = GuestPages.page(machine.part(Memory.class).geometry(), gpa);
            return state -> {
                iommu.grant(state, device, page, read, write);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "IOMMU grant";
        }
    }

    /** Asks a device to forget its translations; it does so later. */
    record Invalidate(int device) implements IommuOperation {
        @Override
        public List<Part> needs() {
            return List.of(new Iommu.Sized(device + 1, true));
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Iommu iommu = machine.part(Iommu.class);
            Objects.checkIndex(device, iommu.devices());
            return state -> {
                iommu.invalidate(state, device);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "IOMMU invalidate";
        }
    }

    /** Waits until a device has forgotten. */
    record AwaitInvalidated(int device) implements IommuOperation {
        @Override
        public List<Part> needs() {
            return List.of(new Iommu.Sized(device + 1, true));
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Iommu iommu = machine.part(Iommu.class);
            Objects.checkIndex(device, iommu.devices());
            return state -> iommu.invalidating().get(state, device) ? Outcome.WAITS : Done.DONE.ordinal();
        }

        @Override
        public String mnemonic() {
            return "await invalidation";
        }
    }

    /** A device completes an invalidation. */
    record CompleteInvalidation(int device) implements IommuOperation {
        @Override
        public List<Part> needs() {
            return List.of(new Iommu.Sized(device + 1, true));
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Iommu iommu = machine.part(Iommu.class);
            Objects.checkIndex(device, iommu.devices());
            return state -> iommu.completes(state, device) ? Done.DONE.ordinal() : Outcome.WAITS;
        }

        @Override
        public String mnemonic() {
            return "complete invalidation";
        }
    }
}
