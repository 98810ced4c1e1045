package org.ringfence.machine.tdx.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.MapShared;
import org.ringfence.machine.tdx.host.UnmapShared;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * {@link MapShared} of any page to any frame, or {@link UnmapShared}. Arguments: page times frames and one, plus frame
 * and one; 0 unmaps.
 */
public record MapSharedFamily(Tdx tdx) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int choices = tdx.geometry().frames() + 1;
        int pages = tdx.geometry().pages();
        for (int page = 0; page < pages; page++) {
            for (int choice = 0; choice < choices; choice++) {
                tdx.sharedFrame().set(state, page, choice - 1);
                successors.take(page * choices + choice);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, tdx.geometry().pages() * (tdx.geometry().frames() + 1)).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        int choices = tdx.geometry().frames() + 1;
        long gpa = tdx.geometry().gpa(arguments / choices);
        int choice = arguments % choices;
        return choice == 0 ? new UnmapShared(tdx.td(), gpa) : new MapShared(tdx.td(), gpa, new Frame(choice - 1));
    }
}
