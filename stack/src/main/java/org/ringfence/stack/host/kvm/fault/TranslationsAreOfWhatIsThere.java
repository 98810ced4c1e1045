package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/**
 * What the invalidation protocol is for: in every state each translation leads to a page that is in the file, of a slot
 * that is there. A frame that has left the file is somebody else's.
 */
public record TranslationsAreOfWhatIsThere(PrivateVm vm) implements Invariant {
    @Override
    public Property property() {
        return Property.HOST_SAFETY;
    }

    @Override
    public long judge(State state) {
        long marks = 0;
        for (int page = 0; page < vm.geometry().pages(); page++) {
            if (!vm.mapped().is(state, page, PrivateVm.Mapped.NONE)) {
                marks |= isStale(state, page) ? property().broken() : property().exercised();
            }
        }
        return marks;
    }

    private boolean isStale(State state, int page) {
        if (vm.slot().is(state, 0, SlotState.GONE)) {
            return !vm.mapped().is(state, page, PrivateVm.Mapped.NONE);
        }
        if (vm.mapped().is(state, page, PrivateVm.Mapped.SHARED)) {
            return !vm.sharedThere().get(state, page);
        }
        return vm.mapped().is(state, page, PrivateVm.Mapped.PRIVATE)
                && vm.cached().get(state, page) != vm.target().get(state, page) + 1;
    }

    @Override
    public String hurt(State state) {
        for (int page = 0; page < vm.geometry().pages(); page++) {
            if (isStale(state, page)) {
                return "GPA 0x%X is still mapped to what is gone".formatted(vm.geometry().gpa(page));
            }
        }
        return "";
    }
}
