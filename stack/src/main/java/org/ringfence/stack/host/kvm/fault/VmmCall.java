package org.ringfence.stack.host.kvm.fault;

import java.util.List;
import java.util.function.IntFunction;
import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.NumberedFamily;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;
import org.ringfence.stack.sync.Locks;
import org.ringfence.stack.sync.SequenceCounters;

/**
 * What a VMM that is not trusted asks of a KVM that is: whole system calls, each at once. A vCPU that is in the fault
 * path sees of them what it would see of their steps: the sequence has moved.
 */
public sealed interface VmmCall extends Action {

    /** The page. */
    long gpa();

    /** Changes what backs the page. */
    void change(State state, PrivateVm vm, int page);

    @Override
    default Step on(Machine machine, Actor actor) {
        PrivateVm vm = machine.part(PrivateVm.class);
        Calls calls = new Calls(machine);
        int page = vm.page(gpa());
        return state -> calls.make(state, page, this::change) ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    /** fallocate(FALLOC_FL_PUNCH_HOLE). */
    record PunchWhole(long gpa) implements VmmCall {
        @Override
        public void change(State state, PrivateVm vm, int page) {
            vm.truncate(state, page);
        }

        @Override
        public String mnemonic() {
            return "fallocate(PUNCH_HOLE)";
        }
    }

    /** KVM_SET_MEMORY_ATTRIBUTES. */
    record ConvertWhole(long gpa, boolean toPrivate) implements VmmCall {
        @Override
        public void change(State state, PrivateVm vm, int page) {
            vm.attributes().set(state, page, toPrivate);
        }

        @Override
        public String mnemonic() {
            return "KVM_SET_MEMORY_ATTRIBUTES";
        }
    }

    /** What a call changes. */
    @FunctionalInterface
    interface Changing {
        /** Changes it. */
        void on(State state, PrivateVm vm, int page);
    }

    /**
     * Makes calls on a machine, looked up once.
     *
     * @param lock the number of mmu_lock; -1 where no software takes it
     * @param counter the number of the sequence; -1 where no software reads it
     */
    record Calls(PrivateVm vm, Locks locks, int lock, SequenceCounters counters, int counter) {
        Calls(Machine machine) {
            this(
                    machine.part(PrivateVm.class),
                    machine.part(Locks.class),
                    machine.part(Locks.class).index(FaultProtocol.MMU_LOCK),
                    machine.part(SequenceCounters.class),
                    machine.part(SequenceCounters.class).index(FaultProtocol.SEQUENCE));
        }

        /** Whether the call can be made now: nobody is in a locked section. */
        boolean make(State state, int page, Changing changing) {
            if (!locks.isFree(state, lock)) {
                return false;
            }
            vm.zap(state, page);
            changing.on(state, vm, page);
            counters.advance(state, counter);
            return true;
        }
    }

    /** What a VMM may do that is not trusted: punch, convert, and read what is shared. */
    static Adversary malicious() {
        return Adversary.malicious(Principal.VMM, (machine, cast) -> families(machine));
    }

    private static List<Family> families(Machine machine) {
        if (machine.find(Locks.class).isEmpty() || machine.find(SequenceCounters.class).isEmpty()) {
            return List.of();
        }
        PrivateVm vm = machine.part(PrivateVm.class);
        Calls calls = new Calls(machine);
        int pages = vm.geometry().pages();
        return List.of(
                family(pages, (state, page) -> calls.make(state, page, new PunchWhole(0)::change),
                        page -> new PunchWhole(vm.geometry().gpa(page))),
                family(pages, (state, page) -> calls.make(state, page, new ConvertWhole(0, true)::change),
                        page -> new ConvertWhole(vm.geometry().gpa(page), true)),
                family(pages, (state, page) -> calls.make(state, page, new ConvertWhole(0, false)::change),
                        page -> new ConvertWhole(vm.geometry().gpa(page), false)),
                family(pages, (state, page) -> {
                    state.observe(vm.sharedSecret().get(state, page)
                            ? Property.CONFIDENTIALITY.broken()
                            : Property.CONFIDENTIALITY.exercised());
                    return true;
                }, page -> new VmOperation.ReadShared(vm.geometry().gpa(page))));
    }

    private static NumberedFamily family(
            int pages, NumberedFamily.Attempt attempt,
            IntFunction<? extends Operation<?>> operations) {
        return new NumberedFamily(Principal.VMM, pages, attempt, operations);
    }
}
