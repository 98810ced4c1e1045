package org.ringfence.stack.host.kvm.memfd;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * What KVM does with folios of 2M, as is proposed for guest_memfd; those of Linux 6.18 are of order 0. A folio of which
 * a part leaves the file is split: its other pages stay where they are. Source: LKML, KVM: guest_memfd: support for
 * huge pages (Michael Roth, 2024-12; Ackerley Tng, 2025-05).
 */
public sealed interface LargeFolio<R> extends Operation<R> {
    @Override
    default List<Part> needs() {
        return List.of(GuestMemfd.PART);
    }

    /** Whether the file has no folio of any page of the 2M around the page. */
    record HasNone(long gpa) implements LargeFolio<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            Geometry geometry = memfd.geometry();
            int head = geometry.head(GuestPages.page(geometry, gpa));
            return state -> {
                for (int i = head; i < head + geometry.smallPerLarge(); i++) {
                    if (memfd.folio().get(state, i) != FrameRef.NONE) {
                        return 0;
                    }
                }
                return 1;
            };
        }

        @Override
        public String mnemonic() {
            return "filemap_range_has_page";
        }
    }

    /**
     * 2M of the page allocator become the folio of the 2M around the page: filemap_add_folio. The result is the page's
     * own frame, to which the caller has a reference.
     *
     * @param head the first of the frames
     */
    record Add(long gpa, Frame head, int frames) implements LargeFolio<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Frames(frames);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            Geometry geometry = memfd.geometry();
            geometry.requireFrames(frames);
            int page = GuestPages.page(geometry, gpa);
            int first = geometry.head(page);
            int self = actor.index();
            int frame = head.index();
            int own = frame + page - first;
            return state -> {
                for (int i = 0; i < geometry.smallPerLarge(); i++) {
                    memfd.folio().set(state, first + i, frame + i);
                }
                memfd.holders().add(state, own, self);
                return own;
            };
        }

        @Override
        public String mnemonic() {
            return "filemap_add_folio 2M";
        }
    }

    /** Whether the 2M around the page are one folio still: folio_order. */
    record IsWhole(long gpa) implements LargeFolio<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            GuestMemfd memfd = machine.part(GuestMemfd.class);
            int page = GuestPages.page(memfd.geometry(), gpa);
            return state -> isWhole(memfd, state, page) ? 1 : 0;
        }

        private static boolean isWhole(GuestMemfd memfd, State state, int page) {
            Geometry geometry = memfd.geometry();
            int first = geometry.head(page);
            int frame = memfd.folio().get(state, first);
            if (frame == FrameRef.NONE || !geometry.isLargeAligned(frame)) {
                return false;
            }
            for (int i = 1; i < geometry.smallPerLarge(); i++) {
                if (memfd.folio().get(state, first + i) != frame + i) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String mnemonic() {
            return "folio_order";
        }
    }

    /** The first frame of the 2M around a frame. */
    record Head(Frame frame, int frames) implements LargeFolio<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Frames(frames);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Geometry geometry = machine.part(GuestMemfd.class).geometry();
            geometry.requireFrames(frames);
            int head = geometry.head(frame.index());
            return state -> head;
        }

        @Override
        public String mnemonic() {
            return "compound_head";
        }
    }
}
