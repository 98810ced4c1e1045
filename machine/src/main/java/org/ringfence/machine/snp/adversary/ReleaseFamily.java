package org.ringfence.machine.snp.adversary;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.State;

/** RMPUPDATE that gives any frame back to the hypervisor, at any size. Its arguments: the size, the frame. */
public record ReleaseFamily(Snp snp) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int frames = snp.geometry().frames();
        for (int frame = 0; frame < frames; frame++) {
            release(state, successors, frame, Level.SIZE_4K);
            release(state, successors, frame, Level.SIZE_2M);
        }
    }

    private void release(State state, Successors successors, int frame, Level size) {
        if (Rmpupdate.isTaken(state, snp.rmp(), frame, size)) {
            snp.rmp().replace(state, frame, false, 0, size, 0, false);
            successors.take(frame * 2 + size.ordinal());
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, snp.geometry().frames() * 2).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return Rmpupdate.release(new Frame(arguments / 2), (arguments & 1) != 0 ? Level.SIZE_2M : Level.SIZE_4K);
    }
}
