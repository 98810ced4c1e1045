package seal;

import org.ringfence.machine.memory.Store;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Law;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.State;

/** A law, held to each step: the counters on the chip go on by one with each store, and by nothing else. */
record OnlyStoresCount(Seal seal) implements Law {
    @Override
    public Property property() {
        return Property.ACCOUNTING;
    }

    @Override
    public long judge(State before, Actor actor, Operation<?> operation, State after) {
        int counted = 0;
        for (int frame = 0; frame < seal.geometry().frames(); frame++) {
            counted += seal.counter().get(after, frame) - seal.counter().get(before, frame);
        }
        boolean right = counted == 0 || counted == 1 && operation instanceof Store;
        return right ? Property.ACCOUNTING.exercised() : Property.ACCOUNTING.broken();
    }
}
