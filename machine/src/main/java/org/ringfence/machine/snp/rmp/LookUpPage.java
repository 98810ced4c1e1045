package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.FrameRef;

/**
 * The host looks up how it backs the guest's page at {@code gpa}, in bytes: in its nested page table and in the RMP.
 */
public record LookUpPage(long gpa) implements Operation<LookUpPage.Backing> {

    /** How a page is backed. */
    public enum Backing {
        /** Not mapped. */
        UNMAPPED,
        /** Mapped to a frame that is not assigned to that page of the guest. */
        SHARED,
        /** As {@link #SHARED}, through a 2M mapping. */
        SHARED_2M,
        /** Mapped, 4K, to a 4K frame that is assigned to that page. */
        PRIVATE,
        /** Mapped, 2M, to a 2M frame that is assigned to that page. */
        PRIVATE_2M,
        /** Mapped to a frame that is assigned to that page: the mapping is 4K, the RMP entry 2M. */
        PRIVATE_2M_MAPPED_4K,
        /** Mapped to a frame that is assigned to that page: the mapping is 2M, the RMP entry 4K. */
        PRIVATE_4K_MAPPED_2M;

        /** Whether the frame is assigned to the page. */
        public boolean isPrivate() {
            return compareTo(PRIVATE) >= 0;
        }
    }

    @Override
    public Results<Backing> results() {
        return new Results.Closed<>(Backing.class);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        Snp snp = machine.part(Snp.class);
        int page = GuestPages.page(snp.geometry(), gpa);
        return state -> {
            int frame = snp.npt().lookup(state, page);
            if (frame == FrameRef.NONE) {
                return Backing.UNMAPPED.ordinal();
            }
            boolean mappedLarge = snp.npt().isLarge(state, page);
            if (!snp.rmp().isGuests(state, frame, page)) {
                return (mappedLarge ? Backing.SHARED_2M : Backing.SHARED).ordinal();
            }
            if (snp.rmp().isLarge(state, frame)) {
                return (mappedLarge ? Backing.PRIVATE_2M : Backing.PRIVATE_2M_MAPPED_4K).ordinal();
            }
            return (mappedLarge ? Backing.PRIVATE_4K_MAPPED_2M : Backing.PRIVATE).ordinal();
        };
    }

    @Override
    public String mnemonic() {
        return "look up page";
    }
}
