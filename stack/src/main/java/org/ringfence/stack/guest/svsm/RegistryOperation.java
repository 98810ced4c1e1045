package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;
import org.ringfence.stack.guest.svsm.CallingArea.Use;

/** What the monitor does with its registry of VMSAs and calling areas, and with the pages in it. */
public sealed interface RegistryOperation<R> extends CallOperation<R> {

    /** What the page at {@code gpa} is registered as. */
    record LookUpUse(long gpa) implements RegistryOperation<Use> {
        @Override
        public Results<Use> results() {
            return new Results.Closed<>(Use.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int page = GuestPages.page(area.geometry(), gpa);
            return state -> area.use().ordinal(state, page);
        }

        @Override
        public String mnemonic() {
            return "look up use";
        }
    }

    /** Registers a VMSA and its calling area in one go; {@code false} where either is registered already. */
    record Register(long vmsa, long callingArea) implements RegistryOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int page = GuestPages.page(area.geometry(), vmsa);
            int with = GuestPages.page(area.geometry(), callingArea);
            return state -> area.register(state, page, with) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "register";
        }
    }

    /** The VMSA that was being created is in use, by the CPU with this APIC id, whose calling area its own becomes. */
    record SetUsed(long vmsa, int apicId) implements RegistryOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int page = GuestPages.page(area.geometry(), vmsa);
            return state -> {
                area.use().set(state, page, Use.VMSA);
                if (apicId < area.cpus()) {
                    area.current().set(state, apicId, area.pair().get(state, page));
                }
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "set VMSA used";
        }
    }

    /**
     * Removes a VMSA, which is in use or was being created, with its calling area; {@code false} where there is none.
     */
    record Unregister(long vmsa, boolean used) implements RegistryOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int page = GuestPages.page(area.geometry(), vmsa);
            Use as = used ? Use.VMSA : Use.NEW_VMSA;
            return state -> area.unregister(state, page, as) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "unregister";
        }
    }

    /** The calling area of this CPU becomes that at {@code gpa}; {@code false} where the page is registered already. */
    record Remap(long gpa) implements RegistryOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int page = GuestPages.page(area.geometry(), gpa);
            int cpu = area.require(actor.index());
            return state -> area.remap(state, cpu, page) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "remap calling area";
        }
    }

    /** The monitor writes 8 zero bytes to the beginning of the page at {@code gpa}, and so spoils what else it held. */
    record ClearArea(long gpa) implements RegistryOperation<Stored> {
        @Override
        public Results<Stored> results() {
            return new Results.Closed<>(Stored.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Snp snp = machine.part(Snp.class);
            Memory memory = machine.part(Memory.class);
            int page = GuestPages.page(snp.geometry(), gpa);
            return state -> {
                long frame = snp.access(state, actor, page, Mapping.PRIVATE, true);
                if (frame < 0) {
                    return GuestPage.stored(frame);
                }
                if (memory.load(state, 0, (int) frame, Snp.GUEST_KEY) != Value.ZERO.ordinal()) {
                    memory.store(state, 0, (int) frame, Value.INNER, Snp.GUEST_KEY);
                }
                return Stored.STORED.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "clear calling area";
        }
    }

    /** Software in the guest writes what it takes for a VMSA into the page at {@code gpa}: one that is fit, or not. */
    record WriteVmsa(long gpa, boolean fit) implements RegistryOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            int page = GuestPages.page(area.geometry(), gpa);
            return state -> {
                area.fit().set(state, page, fit);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "write VMSA";
        }
    }

    /** What the monitor finds where a VMSA should be. */
    enum Found {
        UNFIT,
        /** VMPL 2, EFER.SVME set, the monitor's SEV_FEATURES. */
        FIT,
        /** #VC with exit code 0x404. */
        PAGE_NOT_VALIDATED
    }

    /** The monitor looks at the VMSA at {@code gpa}. */
    record CheckVmsa(long gpa) implements RegistryOperation<Found> {
        @Override
        public Results<Found> results() {
            return new Results.Closed<>(Found.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            Snp snp = machine.part(Snp.class);
            int page = GuestPages.page(area.geometry(), gpa);
            return state -> {
                long frame = snp.access(state, actor, page, Mapping.PRIVATE, false);
                if (frame == GuestMemory.PAGE_NOT_VALIDATED) {
                    return Found.PAGE_NOT_VALIDATED.ordinal();
                }
                return frame < 0 ? frame : (area.fit().get(state, page) ? Found.FIT : Found.UNFIT).ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "check VMSA";
        }
    }

    /** The monitor clears EFER.SVME in the VMSA at {@code gpa}. Waits while a vCPU runs from it. */
    record DisableVmsa(long gpa) implements RegistryOperation<Stored> {
        @Override
        public Results<Stored> results() {
            return new Results.Closed<>(Stored.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            CallingArea area = machine.part(CallingArea.class);
            Snp snp = machine.part(Snp.class);
            int page = GuestPages.page(area.geometry(), gpa);
            return state -> {
                long frame = snp.access(state, actor, page, Mapping.PRIVATE, true);
                if (frame < 0) {
                    return GuestPage.stored(frame);
                }
                if (snp.rmp().vmsas().isInUse(state, (int) frame, 1)) {
                    return Outcome.WAITS;
                }
                area.fit().set(state, page, false);
                return Stored.STORED.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "disable VMSA";
        }
    }
}
