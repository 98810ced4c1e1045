package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Action;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.State;

/**
 * What the host's kernel does with userspace's memory of a {@link PrivateVm} where it may swap it out. The file's pages
 * are not swapped: they are unevictable.
 */
public sealed interface SwapOperation extends Action {

    /** The page. */
    long gpa();

    /** Does it, or answers false where there is nothing to do it with. */
    boolean change(State state, PrivateVm vm, int page);

    @Override
    default Step on(Machine machine, Actor actor) {
        PrivateVm vm = machine.part(PrivateVm.class);
        int page = vm.page(gpa());
        return state -> change(state, vm, page) ? Done.DONE.ordinal() : Outcome.WAITS;
    }

    /** The kernel writes the page to swap, and frees it: pageout. Waits where the page is not in memory. */
    record SwapOut(long gpa) implements SwapOperation {
        @Override
        public boolean change(State state, PrivateVm vm, int page) {
            return vm.swapOut(state, page);
        }

        @Override
        public String mnemonic() {
            return "pageout";
        }
    }

    /** KVM's fault path gets the page, from swap where it is there, and no reference that keeps it: hva_to_pfn. */
    record FaultIn(long gpa) implements SwapOperation {
        @Override
        public boolean change(State state, PrivateVm vm, int page) {
            vm.faultIn(state, page);
            return true;
        }

        @Override
        public String mnemonic() {
            return "kvm_faultin_pfn";
        }
    }

    /** Maps what the fault path has got. */
    record MapFaultedIn(long gpa) implements SwapOperation {
        @Override
        public boolean change(State state, PrivateVm vm, int page) {
            vm.mapFaultedIn(state, page);
            return true;
        }

        @Override
        public String mnemonic() {
            return "map pfn";
        }
    }
}
