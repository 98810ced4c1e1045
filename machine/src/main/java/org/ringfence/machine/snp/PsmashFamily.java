package org.ringfence.machine.snp;

import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** PSMASH of any 2M page. Its argument: the frame. */
record PsmashFamily(Snp snp) implements Family {
    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        int frames = snp.geometry().frames();
        for (int frame = 0; frame < frames; frame += snp.geometry().smallPerLarge()) {
            if (snp.rmp().psmash(state, frame) == PsmashResult.SUCCESS) {
                successors.take(frame);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, snp.geometry().frames()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new Psmash(new Frame(arguments));
    }
}
