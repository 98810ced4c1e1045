package org.ringfence.machine.sev;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** Removes the nested mapping of any page of the guest. Its argument: the page. */
record UnmapFamily(NestedGuest guest) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int pages = guest.geometry().pages();
        for (int page = 0; page < pages; page++) {
            guest.npt().unmap(state, page);
            successors.take(page);
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, guest.geometry().pages()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new UnmapNestedPage(guest.geometry().gpa(arguments));
    }
}
