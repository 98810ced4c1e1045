package org.ringfence.stack.host.kvm.snp;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/** The frame of a guest page, in bytes, and what is done with it. Waits where there is none. */
public record MemfdFrame(long gpa, Use use, Geometry geometry) implements Operation<Frame> {

    /** What is done. */
    public enum Use {
        /** The folio in the file, of which the caller takes a reference: kvm_gmem_get_folio. */
        GET,
        /** The folio leaves the file, whose reference the caller has now: truncate_inode_pages_range. */
        TRUNCATE,
        /** The frame of userspace's memory. */
        USERSPACE,
        /** That frame leaves userspace's memory: madvise(MADV_DONTNEED). */
        DISCARD
    }

    @Override
    public List<Part> needs() {
        return List.of(SnpMemfd.PART);
    }

    @Override
    public Results<Frame> results() {
        return new Results.Frames(geometry.frames());
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        SnpMemfd memfd = machine.part(SnpMemfd.class);
        int page = GuestPages.page(memfd.geometry(), gpa);
        int self = actor.index();
        return state -> {
            boolean inFile = use == Use.GET || use == Use.TRUNCATE;
            int frame = (inFile ? memfd.folio() : memfd.user()).get(state, page);
            if (frame == FrameRef.NONE) {
                return Outcome.WAITS;
            }
            take(state, memfd, page, frame, self);
            return frame;
        };
    }

    private void take(State state, SnpMemfd memfd, int page, int frame, int self) {
        switch (use) {
            case GET -> memfd.holders().add(state, frame, self);
            case TRUNCATE -> {
                memfd.folio().set(state, page, FrameRef.NONE);
                memfd.holders().add(state, frame, self);
            }
            case USERSPACE -> {}
            case DISCARD -> memfd.user().set(state, page, FrameRef.NONE);
        }
    }

    @Override
    public String mnemonic() {
        return "memfd frame";
    }

    @Override
    public String toString() {
        return switch (use) {
            case GET -> "kvm_gmem_get_folio of GPA 0x%X".formatted(gpa);
            case TRUNCATE -> "truncate_inode_pages_range of GPA 0x%X".formatted(gpa);
            case USERSPACE -> "looks up userspace's memory of GPA 0x%X".formatted(gpa);
            case DISCARD -> "madvise(MADV_DONTNEED) of GPA 0x%X".formatted(gpa);
        };
    }
}
