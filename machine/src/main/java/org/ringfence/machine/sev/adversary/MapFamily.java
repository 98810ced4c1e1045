package org.ringfence.machine.sev.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.NestedGuest;
import org.ringfence.machine.state.State;

/** Maps any page of the guest to any frame at any size. Its arguments: the size, the frame, the page. */
public record MapFamily(NestedGuest guest) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int pages = guest.geometry().pages();
        int frames = guest.geometry().frames();
        for (int page = 0; page < pages; page++) {
            for (int frame = 0; frame < frames; frame++) {
                guest.npt().map(state, page, frame, Level.SIZE_4K);
                successors.take((page * frames + frame) * 2);
                if (guest.npt().canMap(page, frame, Level.SIZE_2M)) {
                    guest.npt().map(state, page, frame, Level.SIZE_2M);
                    successors.take((page * frames + frame) * 2 + 1);
                }
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, guest.geometry().pages() * guest.geometry().frames() * 2).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        int frames = guest.geometry().frames();
        return new MapNestedPage(
                guest.geometry().gpa(arguments / 2 / frames),
                new Frame(arguments / 2 % frames),
                (arguments & 1) != 0 ? Level.SIZE_2M : Level.SIZE_4K);
    }
}
