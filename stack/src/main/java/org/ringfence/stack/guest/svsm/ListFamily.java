package org.ringfence.stack.guest.svsm;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.svsm.CallOperation.WriteList;

/**
 * An inner guest that is not trusted writes any list that the machine knows, at any time, where it may write. Its
 * argument: the list.
 *
 * @param l2 who writes
 */
public record ListFamily(RequestPages pages, Snp snp, Actor l2) implements Family {
    @Override
    public Principal principal() {
        return Principal.INNER_GUEST;
    }

    @Override
    public void each(State state, Successors successors) {
        for (int list = 0; list < pages.lists().size(); list++) {
            int page = snp.geometry().page(pages.lists().get(list).gpa() & -GuestPage.BYTES);
            long frame = page < 0 ? -1 : snp.check(state, l2.vmpl(), page, Mapping.PRIVATE, true);
            if (frame >= 0) {
                pages.write(state, (int) frame, list);
                successors.take(list);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, pages.lists().size()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int list) {
        return WriteList.of(pages.lists().get(list));
    }
}
