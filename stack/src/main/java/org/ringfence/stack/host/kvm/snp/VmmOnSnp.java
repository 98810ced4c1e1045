package org.ringfence.stack.host.kvm.snp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.stack.host.kvm.FramePool;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.MemoryAttributes;
import org.ringfence.stack.host.kvm.memfd.GuestMemfd;
import org.ringfence.stack.host.kvm.memfd.MemfdHost;
import org.ringfence.stack.sync.Locks;
import org.ringfence.stack.sync.SequenceCounters;

/**
 * What a VMM that is not trusted asks of a KVM that is, for an SEV-SNP guest: whole system calls, each at once and when
 * nobody is in a locked section, and what it does with its own memory. A vCPU that is in the fault path sees of a call
 * what it would see of its steps: the sequence has moved. All that KVM does on the way it does: a folio that is freed
 * is the hypervisor's in the RMP.
 */
public sealed interface VmmOnSnp extends Action {
    /** What a VMM may do that is not trusted; nothing on a machine without KVM's software. */
    static Adversary malicious() {
        return Adversary.malicious(Principal.VMM, (machine, cast) -> families(machine));
    }

    @Override
    default List<Part> needs() {
        return List.of(MemfdHost.parts());
    }

    /** The page. */
    long gpa();

    /** Does it, or changes nothing and answers false. */
    boolean make(State state, Calls calls, int page);

    @Override
    default Step on(Machine machine, Actor actor) {
        Calls calls = new Calls(machine, actor);
        int page = GuestPages.page(machine.part(GuestMemfd.class).geometry(), gpa());
        return state -> make(state, calls, page) ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    /** fallocate(FALLOC_FL_PUNCH_HOLE). */
    record PunchWhole(long gpa) implements VmmOnSnp {
        @Override
        public boolean make(State state, Calls calls, int page) {
            return calls.isQuiet(state) && calls.punch(state, page);
        }

        @Override
        public String mnemonic() {
            return "kvm_gmem_punch_hole";
        }
    }

    /** KVM_SET_MEMORY_ATTRIBUTES. */
    record ConvertWhole(long gpa, boolean toPrivate) implements VmmOnSnp {
        @Override
        public boolean make(State state, Calls calls, int page) {
            return calls.isQuiet(state) && calls.convert(state, page, toPrivate);
        }

        @Override
        public String mnemonic() {
            return "kvm_vm_set_mem_attributes";
        }
    }

    /** madvise(MADV_DONTNEED) of the VMM's memory. */
    record DiscardWhole(long gpa) implements VmmOnSnp {
        @Override
        public boolean make(State state, Calls calls, int page) {
            return calls.isQuiet(state) && calls.discard(state, page);
        }

        @Override
        public String mnemonic() {
            return "madvise_dontneed_free";
        }
    }

    /** The VMM touches its memory at the page, where it has none yet: handle_mm_fault. */
    record TouchOwn(long gpa, Frame frame) implements VmmOnSnp {
        @Override
        public boolean make(State state, Calls calls, int page) {
            return calls.touch(state, page, frame.index());
        }

        @Override
        public String mnemonic() {
            return "VMM touch";
        }
    }

    /** The VMM reads its memory at the page. */
    record LoadOwn(long gpa) implements VmmOnSnp {
        @Override
        public boolean make(State state, Calls calls, int page) {
            return calls.load(state, page);
        }

        @Override
        public String mnemonic() {
            return "VMM load";
        }
    }

    /** The VMM writes to its memory at the page. */
    record StoreOwn(long gpa) implements VmmOnSnp {
        @Override
        public boolean make(State state, Calls calls, int page) {
            return calls.store(state, page);
        }

        @Override
        public String mnemonic() {
            return "VMM store";
        }
    }

    /** Makes calls on a machine, looked up once. */
    final class Calls {
        private final Actor actor;
        private final GuestMemfd memfd;
        private final NestedGuest guest;
        private final Memory memory;
        private final MemoryAttributes attributes;
        private final FramePool pool;
        private final Locks locks;
        private final SequenceCounters counters;
        private final int sequence;
        private final int[] mutexes;
        private final Step[] releases;

        Calls(Machine machine, Actor actor) {
            this.actor = actor;
            memfd = machine.part(GuestMemfd.class);
            guest = machine.part(NestedGuest.class);
            memory = machine.part(Memory.class);
            attributes = machine.part(MemoryAttributes.class);
            pool = machine.part(FramePool.class);
            locks = machine.part(Locks.class);
            counters = machine.part(SequenceCounters.class);
            sequence = counters.index(FaultProtocol.SEQUENCE);
            mutexes = IntStream.of(
                    locks.index(FaultProtocol.MMU_LOCK),
                    locks.index(FaultProtocol.SLOTS_LOCK),
                    locks.index(FaultProtocol.FILE_LOCK),
                    locks.index(MemfdHost.FOLIO_LOCK)).toArray();
            releases = IntStream.range(0, memfd.geometry().frames())
                    .mapToObj(frame -> Rmpupdate.release(new Frame(frame), Level.SIZE_4K).on(machine, actor))
                    .toArray(Step[]::new);
        }

        /** Whether nobody is in a locked section. */
        boolean isQuiet(State state) {
            for (int mutex : mutexes) {
                if (!locks.isFree(state, mutex)) {
                    return false;
                }
            }
            return true;
        }

        private void invalidate(State state, int page) {
            guest.npt().unmap(state, page);
            counters.advance(state, sequence);
        }

        boolean punch(State state, int page) {
            int frame = memfd.folio().get(state, page);
            if (frame == FrameRef.NONE) {
                return false;
            }
            invalidate(state, page);
            memfd.folio().set(state, page, FrameRef.NONE);
            if (memfd.holders().get(state, frame) == 0
                    && releases[frame].take(state) == RmpupdateResult.SUCCESS.ordinal()) {
                pool.give(state, frame, Level.SIZE_4K);
            }
            return true;
        }

        boolean convert(State state, int page, boolean toPrivate) {
            if (attributes.isPrivate(state, page) == toPrivate) {
                return false;
            }
            invalidate(state, page);
            attributes.set(state, page, toPrivate);
            return true;
        }

        boolean discard(State state, int page) {
            int frame = memfd.user().get(state, page);
            if (frame == FrameRef.NONE) {
                return false;
            }
            if (!attributes.isPrivate(state, page)) {
                invalidate(state, page);
            }
            memfd.user().set(state, page, FrameRef.NONE);
            pool.give(state, frame, Level.SIZE_4K);
            return true;
        }

        boolean touch(State state, int page, int frame) {
            if (memfd.user().get(state, page) != FrameRef.NONE || !pool.take(state, frame, Level.SIZE_4K)) {
                return false;
            }
            memfd.user().set(state, page, frame);
            return true;
        }

        boolean load(State state, int page) {
            int frame = memfd.user().get(state, page);
            if (frame == FrameRef.NONE) {
                return false;
            }
            Ledger.seen(state, actor.principal(), memory.load(state, 0, frame, 0));
            return true;
        }

        boolean store(State state, int page) {
            int frame = memfd.user().get(state, page);
            if (frame == FrameRef.NONE || guest.refusesHostWrite(state, frame, Level.SIZE_4K)) {
                return false;
            }
            memory.store(state, 0, frame, Value.HOST, 0);
            return true;
        }
    }

    private static List<Family> families(Machine machine) {
        if (machine.find(GuestMemfd.class).isEmpty()) {
            return List.of();
        }
        Geometry geometry = machine.part(GuestMemfd.class).geometry();
        List<Operation<?>> calls = new ArrayList<>();
        for (int page = 0; page < geometry.pages(); page++) {
            long gpa = geometry.gpa(page);
            calls.addAll(List.of(
                    new PunchWhole(gpa), new ConvertWhole(gpa, true), new ConvertWhole(gpa, false),
                    new DiscardWhole(gpa), new LoadOwn(gpa), new StoreOwn(gpa)));
            for (int frame = 0; frame < geometry.frames(); frame++) {
                calls.add(new TouchOwn(gpa, new Frame(frame)));
            }
        }
        return List.of(NumberedFamily.trying(Principal.VMM, machine, calls));
    }
}
