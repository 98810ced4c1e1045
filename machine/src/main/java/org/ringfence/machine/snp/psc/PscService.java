package org.ringfence.machine.snp.psc;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.psc.PscBuffers.Work;

/** What a host does with the {@link PscBuffers} of a vCPU. */
public sealed interface PscService<R> extends Operation<R> {

    @Override
    default List<Part> needs() {
        return List.of(new PscBuffers.Sized(1));
    }

    /**
     * What is to be done next.
     *
     * @param gpa of the page, in bytes
     */
    record Task(Work work, long gpa) {
        @Override
        public String toString() {
            return switch (work) {
                case NOTHING, INVALID_SCRATCH, INVALID_HEADER, INVALID_ENTRY, IGNORED -> work.name();
                case PRIVATE_4K, PRIVATE_2M, SHARED_4K, SHARED_2M -> "%s GPA 0x%X".formatted(work, gpa);
            };
        }
    }

    /** The host goes past the entries that are done, and looks what the next asks for. */
    record Next(int vcpu, Geometry geometry, PscBuffers.Bound bound) implements PscService<Task> {
        @Override
        public Results<Task> results() {
            List<Task> tasks = new ArrayList<>();
            for (Work work : Work.values()) {
                for (int page = 0; page < geometry.pages(); page++) {
                    tasks.add(new Task(work, geometry.gpa(page)));
                }
            }
            return new Results.Listed<>(tasks);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PscBuffers buffers = machine.part(PscBuffers.class);
            int pages = geometry.pages();
            Numbered.require("vCPU with a PSC buffer", vcpu, buffers.vcpus());
            return state -> {
                Work work = buffers.next(state, vcpu, bound);
                boolean named =
                        switch (work) {
                            case NOTHING, INVALID_SCRATCH, INVALID_HEADER, INVALID_ENTRY, IGNORED -> false;
                            case PRIVATE_4K, PRIVATE_2M, SHARED_4K, SHARED_2M -> true;
                        };
                return (long) work.ordinal() * pages + (named ? buffers.pageOf(state, vcpu) : 0);
            };
        }

        @Override
        public String mnemonic() {
            return "next PSC entry";
        }
    }

    /** The host notes that what it looked at is done. */
    record Complete(int vcpu) implements PscService<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            PscBuffers buffers = machine.part(PscBuffers.class);
            Numbered.require("vCPU with a PSC buffer", vcpu, buffers.vcpus());
            return state -> {
                buffers.complete(state, vcpu);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "complete PSC entry";
        }
    }

    /** The host writes any header. */
    record ForgeHeader(int vcpu, int current, int last, boolean dirty) implements PscService<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            PscBuffers buffers = machine.part(PscBuffers.class);
            Numbered.require("vCPU with a PSC buffer", vcpu, buffers.vcpus());
            Numbered.require("current entry of a PSC header", current, buffers.current().max() + 1);
            Numbered.require("last entry of a PSC header", last, buffers.last().max() + 1);
            return state -> {
                buffers.writeHeader(state, vcpu, current, last, dirty);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "forge PSC header";
        }
    }
}
