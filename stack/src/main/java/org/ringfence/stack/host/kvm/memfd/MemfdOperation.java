package org.ringfence.stack.host.kvm.memfd;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;

/** The steps of the page cache and of memory management that KVM and its VMM make with a {@link GuestMemfd}. */
public sealed interface MemfdOperation<R> extends Operation<R> {
    @Override
    default List<Part> needs() {
        return List.of(GuestMemfd.PART);
    }

    /** Whether the file has a folio of the page: filemap_get_entry. */
    record IsInFile(long gpa) implements MemfdOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return isThere(machine, machine.part(GuestMemfd.class).folio(), gpa);
        }

        @Override
        public String mnemonic() {
            return "filemap_get_entry";
        }
    }

    /** Gets the page's folio in the file, and a reference to it: kvm_gmem_get_folio. Waits where there is none. */
    record GetFolio(long gpa, Geometry geometry) implements MemfdOperation<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Frames(geometry.frames());
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            int self = actor.index();
            return found(memfd, memfd.folio(), gpa, (state, frame) -> memfd.holders().add(state, frame, self));
        }

        @Override
        public String mnemonic() {
            return "kvm_gmem_get_folio";
        }
    }

    /**
     * A frame of the page allocator becomes the page's folio, to which the caller has a reference: filemap_add_folio.
     */
    record AddFolio(long gpa, Frame frame) implements MemfdOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            int page = GuestPages.page(memfd.geometry(), gpa);
            int self = actor.index();
            int index = frame.index();
            return state -> {
                memfd.folio().set(state, page, index);
                memfd.holders().add(state, index, self);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "filemap_add_folio";
        }
    }

    /**
     * The page's folio leaves the file, whose reference the caller has now: truncate_inode_pages_range,
     * filemap_remove_folio. Waits where there is none.
     */
    record Truncate(long gpa, Geometry geometry) implements MemfdOperation<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Frames(geometry.frames());
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            int page = GuestPages.page(memfd.geometry(), gpa);
            int self = actor.index();
            return found(memfd, memfd.folio(), gpa, (state, frame) -> {
                memfd.folio().set(state, page, FrameRef.NONE);
                memfd.holders().add(state, frame, self);
            });
        }

        @Override
        public String mnemonic() {
            return "filemap_remove_folio";
        }
    }

    /** The caller's reference to a folio is gone: whether it was the last, the file's included. folio_put. */
    record Put(Frame frame) implements MemfdOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            int self = actor.index();
            int index = frame.index();
            return state -> {
                memfd.holders().remove(state, index, self);
                return memfd.holders().get(state, index) == 0 && !memfd.isInFile(state, index) ? 1 : 0;
            };
        }

        @Override
        public String mnemonic() {
            return "folio_put";
        }
    }

    /** Whether userspace's memory is populated at the page: get_user_page_fast_only. */
    record IsPopulated(long gpa) implements MemfdOperation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return isThere(machine, machine.part(GuestMemfd.class).user(), gpa);
        }

        @Override
        public String mnemonic() {
            return "get_user_page_fast_only";
        }
    }

    /** The frame of userspace's memory at the page: hva_to_pfn. Waits where there is none. */
    record GetUserFrame(long gpa, Geometry geometry) implements MemfdOperation<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Frames(geometry.frames());
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            return found(memfd, memfd.user(), gpa, (state, frame) -> {});
        }

        @Override
        public String mnemonic() {
            return "hva_to_pfn";
        }
    }

    /** A frame of the page allocator becomes userspace's memory at the page: handle_mm_fault. */
    record Populate(long gpa, Frame frame) implements MemfdOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            int page = GuestPages.page(memfd.geometry(), gpa);
            int index = frame.index();
            return state -> {
                memfd.user().set(state, page, index);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "handle_mm_fault";
        }
    }

    /**
     * Userspace gives its memory at the page back: madvise(MADV_DONTNEED), zap_page_range_single. Waits where there is
     * none.
     */
    record Discard(long gpa, Geometry geometry) implements MemfdOperation<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Frames(geometry.frames());
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            int page = GuestPages.page(memfd.geometry(), gpa);
            return found(memfd, memfd.user(), gpa, (state, frame) -> memfd.user().set(state, page, FrameRef.NONE));
        }

        @Override
        public String mnemonic() {
            return "zap_page_range_single";
        }
    }

    /**
     * kvm_gmem_populate returns.
     *
     * @param pages how many were made
     */
    record AnswerPopulate(KvmErrno errno, int pages) implements MemfdOperation<KvmErrno> {
        @Override
        public Results<KvmErrno> results() {
            return new Results.Closed<>(KvmErrno.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            int code = errno.ordinal();
            return state -> code;
        }

        @Override
        public String mnemonic() {
            return "kvm_gmem_populate";
        }
    }

    /** What is done with a frame that is there. */
    @FunctionalInterface
    interface Found {
        /** Does it. */
        void with(State state, int frame);
    }

    /** The frame that {@code memory} has at the page; waits where there is none. */
    private static Step found(GuestMemfd memfd, FrameRef memory, long gpa, Found found) {
        int page = GuestPages.page(memfd.geometry(), gpa);
        return state -> {
            int frame = memory.get(state, page);
            if (frame == FrameRef.NONE) {
                return Outcome.WAITS;
            }
            found.with(state, frame);
            return frame;
        };
    }

    private static Step isThere(Machine machine, FrameRef memory, long gpa) {
        int page = GuestPages.page(machine.part(GuestMemfd.class).geometry(), gpa);
        return state -> memory.get(state, page) != FrameRef.NONE ? 1 : 0;
    }
}
