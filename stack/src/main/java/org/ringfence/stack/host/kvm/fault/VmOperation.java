package org.ringfence.stack.host.kvm.fault;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Numbered;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.stack.sync.SequenceCounters;

/** What KVM, its userspace and the guest do with a {@link PrivateVm}, one step each. */
public sealed interface VmOperation<R> extends Operation<R> {

    /** A step that has nothing to tell. */
    @FunctionalInterface
    interface Change {
        /** Does it. */
        void on(State state, PrivateVm vm, int page);
    }

    private static Step change(Machine machine, long gpa, Change change) {
        PrivateVm vm = machine.part(PrivateVm.class);
        int page = vm.page(gpa);
        return state -> {
            change.on(state, vm, page);
            return Done.DONE.ordinal();
        };
    }

    // ---- the guest

    /** The guest reads its page at {@code gpa}. */
    record ReadGuestPage(long gpa) implements VmOperation<GuestReached> {
        @Override
        public Results<GuestReached> results() {
            return new Results.Closed<>(GuestReached.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PrivateVm vm = machine.part(PrivateVm.class);
            int page = vm.page(gpa);
            return state -> vm.access(state, page, false, false).ordinal();
        }

        @Override
        public String mnemonic() {
            return "guest reads";
        }
    }

    /**
     * The guest writes to its page at {@code gpa}.
     *
     * @param secret whether it takes the page for private, and confides in it
     */
    record WriteGuestPage(long gpa, boolean secret) implements VmOperation<GuestReached> {
        @Override
        public Results<GuestReached> results() {
            return new Results.Closed<>(GuestReached.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PrivateVm vm = machine.part(PrivateVm.class);
            int page = vm.page(gpa);
            return state -> vm.access(state, page, true, secret).ordinal();
        }

        @Override
        public String mnemonic() {
            return "guest writes";
        }
    }

    /** KVM_RUN returns to userspace. */
    record LeaveRun(KvmExit exit, long gpa) implements VmOperation<KvmExit> {
        @Override
        public Results<KvmExit> results() {
            return new Results.Closed<>(KvmExit.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            int code = exit.ordinal();
            return state -> code;
        }

        @Override
        public String mnemonic() {
            return "KVM_RUN returns";
        }
    }

    // ---- the fault path

    /** Whether the page's attribute is private: kvm_mem_is_private. */
    record IsPrivate(long gpa) implements VmOperation<Boolean> {
        @Override
        public List<Part> needs() {
            return List.of(MemoryAttributes.PART);
        }

        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            MemoryAttributes attributes = machine.part(MemoryAttributes.class);
            int page = GuestPages.page(attributes.geometry(), gpa);
            return state -> attributes.isPrivate(state, page) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "is private";
        }
    }

    /** How the slot is: kvm_vcpu_gfn_to_memslot. */
    record LookUpSlot() implements VmOperation<SlotState> {
        @Override
        public Results<SlotState> results() {
            return new Results.Closed<>(SlotState.class);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PrivateVm vm = machine.part(PrivateVm.class);
            return state -> vm.slot().get(state).ordinal();
        }

        @Override
        public String mnemonic() {
            return "look up slot";
        }
    }

    /** Gets the frame of the page in the file, and a reference to it: kvm_gmem_get_pfn. Waits while none is free. */
    record GetFilePage(long gpa) implements VmOperation<Long> {
        @Override
        public Results<Long> results() {
            return new Results.Value();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PrivateVm vm = machine.part(PrivateVm.class);
            int page = vm.page(gpa);
            int self = actor.index();
            return state -> {
                int frame = vm.hold(state, page, self);
                return frame < 0 ? Outcome.WAITS : frame;
            };
        }

        @Override
        public String mnemonic() {
            return "kvm_gmem_get_pfn";
        }
    }

    /** Gives the reference back: kvm_release_page. */
    record PutFilePage(long frame) implements VmOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            PrivateVm vm = machine.part(PrivateVm.class);
            int self = actor.index();
            int number = Math.toIntExact(frame);
            return state -> {
                vm.holders().remove(state, number, self);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "kvm_release_page";
        }
    }

    /** Whether an invalidation is in progress that may cover the page: mmu_invalidate_in_progress and its range. */
    record IsInvalidating(long gpa) implements VmOperation<Boolean> {
        @Override
        public List<Part> needs() {
            return List.of(Invalidations.PART);
        }

        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Invalidations invalidations = machine.part(Invalidations.class);
            int page = GuestPages.page(invalidations.geometry(), gpa);
            return state -> invalidations.mayCover(state, page) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "is invalidating";
        }
    }

    /** Maps the page to a frame of the file. */
    record MapFilePage(long gpa, long frame) implements VmOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            int number = Math.toIntExact(frame);
            return change(machine, gpa, (state, vm, page) -> vm.map(state, page, number));
        }

        @Override
        public String mnemonic() {
            return "map private";
        }
    }

    /** Maps the page to userspace's memory. */
    record MapUserPage(long gpa) implements VmOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return change(machine, gpa, (state, vm, page) -> vm.map(state, page, -1));
        }

        @Override
        public String mnemonic() {
            return "map shared";
        }
    }

    /** Maps all of the 2M around the page to userspace's memory. */
    record MapUserLarge(long gpa) implements VmOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return change(machine, gpa, (state, vm, page) -> vm.mapLarge(state, page));
        }

        @Override
        public String mnemonic() {
            return "map shared 2M";
        }
    }

    /** Whether attributes within the 2M around the page are mixed: hugepage_test_mixed. */
    record IsMixed(long gpa) implements VmOperation<Boolean> {
        @Override
        public List<Part> needs() {
            return List.of(MemoryAttributes.PART);
        }

        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            MemoryAttributes attributes = machine.part(MemoryAttributes.class);
            int page = GuestPages.page(attributes.geometry(), gpa);
            return state -> attributes.isMixed(state, page) ? 1 : 0;
        }

        @Override
        public String mnemonic() {
            return "is mixed";
        }
    }

    // ---- who takes memory away

    /**
     * kvm_mmu_invalidate_begin and kvm_mmu_invalidate_range_add.
     *
     * @param gpa where the range begins, in bytes
     * @param pages its length, in 4K pages
     */
    record BeginInvalidation(long gpa, int pages) implements VmOperation<Done>, Action {
        @Override
        public List<Part> needs() {
            return List.of(Invalidations.PART);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Invalidations invalidations = machine.part(Invalidations.class);
            Geometry geometry = invalidations.geometry();
            int first = GuestPages.page(geometry, gpa);
            Numbered.require("pages", pages, 1, geometry.pages());
            int last = GuestPages.page(geometry, gpa + (pages - 1) * Geometry.SMALL);
            return state -> {
                if (!invalidations.canBegin(state)) {
                    return Outcome.WAITS;
                }
                invalidations.begin(state, first, last);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "kvm_mmu_invalidate_begin";
        }
    }

    /** kvm_mmu_invalidate_end: counts the sequence on. */
    record EndInvalidation() implements VmOperation<Done>, Action {
        @Override
        public List<Part> needs() {
            return List.of(Invalidations.PART, SequenceCounters.Named.of(FaultProtocol.SEQUENCE));
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            Invalidations invalidations = machine.part(Invalidations.class);
            SequenceCounters counters = machine.part(SequenceCounters.class);
            int counter = counters.index(FaultProtocol.SEQUENCE);
            return state -> {
                // In the kernel it is a bug to end what has not begun.
                if (!invalidations.any(state)) {
                    return Outcome.WAITS;
                }
                counters.advance(state, counter);
                invalidations.end(state);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "kvm_mmu_invalidate_end";
        }
    }

    /** Takes the page's translation away and flushes it: kvm_mmu_unmap_gfn_range. */
    record ZapPage(long gpa) implements VmOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return change(machine, gpa, (state, vm, page) -> vm.zap(state, page));
        }

        @Override
        public String mnemonic() {
            return "kvm_mmu_unmap_gfn_range";
        }
    }

    /** The page leaves the file: truncate_inode_pages_range. */
    record TruncatePage(long gpa) implements VmOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return change(machine, gpa, (state, vm, page) -> vm.truncate(state, page));
        }

        @Override
        public String mnemonic() {
            return "truncate_inode_pages_range";
        }
    }

    /** Stores the page's attribute in the VM's xarray. */
    record StoreAttribute(long gpa, boolean toPrivate) implements VmOperation<Done>, Action {
        @Override
        public List<Part> needs() {
            return List.of(MemoryAttributes.PART);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            MemoryAttributes attributes = machine.part(MemoryAttributes.class);
            int page = GuestPages.page(attributes.geometry(), gpa);
            return state -> {
                attributes.set(state, page, toPrivate);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "store attribute";
        }
    }

    /** Publishes the slot as it is now: kvm_swap_active_memslots. */
    record PublishSlot(SlotState slot) implements VmOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            PrivateVm vm = machine.part(PrivateVm.class);
            return state -> {
                vm.slot().set(state, slot);
                return Done.DONE.ordinal();
            };
        }

        @Override
        public String mnemonic() {
            return "kvm_swap_active_memslots";
        }
    }

    // ---- userspace

    /** Userspace gives its memory at the page back: madvise(MADV_DONTNEED). */
    record DiscardShared(long gpa) implements VmOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return change(machine, gpa, (state, vm, page) -> {
                vm.discard(state, page);
                if (vm.mapped().is(state, page, PrivateVm.Mapped.SHARED)) {
                    vm.zap(state, page);
                }
            });
        }

        @Override
        public String mnemonic() {
            return "madvise(MADV_DONTNEED)";
        }
    }

    /** Userspace reads its memory at the page. It must not find what the guest wrote for itself. */
    record ReadShared(long gpa) implements VmOperation<Done>, Action {
        @Override
        public Step on(Machine machine, Actor actor) {
            return change(machine, gpa, (state, vm, page) -> {
                if (vm.swapped().get(state, page)) {
                    vm.faultIn(state, page);
                }
                state.observe(
                        vm.sharedSecret().get(state, page)
                                ? Property.CONFIDENTIALITY.broken()
                                : Property.CONFIDENTIALITY.exercised());
            });
        }

        @Override
        public String mnemonic() {
            return "read shared";
        }
    }

    /** Userspace counts what the page costs: one copy, or two. */
    record CountCopies(long gpa) implements VmOperation<Integer> {
        @Override
        public Results<Integer> results() {
            return new Results.Number(3);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            PrivateVm vm = machine.part(PrivateVm.class);
            int page = vm.page(gpa);
            return state -> {
                boolean doubled = vm.isDoubled(state, page);
                state.observe(doubled ? Property.ACCOUNTING.broken() : Property.ACCOUNTING.exercised());
                boolean any = vm.cached().get(state, page) != 0 || vm.sharedThere().get(state, page);
                return doubled ? 2 : any ? 1 : 0;
            };
        }

        @Override
        public String mnemonic() {
            return "count copies";
        }
    }
}
