package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/**
 * In every state a page that is private is mapped to the file if at all, and one that is shared to userspace's memory.
 */
public record TranslationsFollowAttributes(PrivateVm vm) implements Invariant {
    @Override
    public Property property() {
        return Property.INTEGRITY;
    }

    @Override
    public long judge(State state) {
        long marks = 0;
        for (int page = 0; page < vm.geometry().pages(); page++) {
            if (!vm.mapped().is(state, page, PrivateVm.Mapped.NONE)) {
                marks |= differs(state, page) ? property().broken() : property().exercised();
            }
        }
        return marks;
    }

    private boolean differs(State state, int page) {
        PrivateVm.Mapped wrong = vm.attributes().isPrivate(state, page)
                ? PrivateVm.Mapped.SHARED
                : PrivateVm.Mapped.PRIVATE;
        return vm.mapped().is(state, page, wrong);
    }

    @Override
    public String hurt(State state) {
        for (int page = 0; page < vm.geometry().pages(); page++) {
            if (differs(state, page)) {
                return "GPA 0x%X is mapped as it was before its attribute changed".formatted(vm.geometry().gpa(page));
            }
        }
        return "";
    }
}
