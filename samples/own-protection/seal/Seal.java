package seal;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * Memory that is encrypted and sealed: with each frame lie a tag and a counter, and the controller keeps the counter a
 * second time, on the chip. A store counts on; a load checks the tag, so that nobody forges contents, and compares the
 * counters, so that nobody puts old ones back. Page {@code n} lies in frame {@code n} for good.
 *
 * @param counter what the chip keeps for each frame
 * @param stored the counter that lies beside the frame, in reach of whoever has the memory bus
 * @param sealed whether the tag beside the frame fits its contents and that counter
 */
public record Seal(Geometry geometry, Bounded counter, Bounded stored, Flag sealed, boolean checksTag, boolean checksCounter)
        implements
            GuestMemory {
    /** Stores that a frame bears. A chip that counted round would take an old tag for a new one. */
    static final int LAST = 5;

    /** The key of the guest; key 0 is none. */
    static final int KEY = 1;

    static Seal declare(Declaration declaration, Geometry geometry, Guards guards) {
        Table chip = declaration.perFrame("chip");
        Table beside = declaration.perFrame("beside");
        return new Seal(
                geometry,
                chip.bounded("counter", LAST),
                beside.bounded("counter", LAST),
                beside.flag("sealed"),
                guards.checks(SealGuard.LOAD_TAG_MATCHES),
                guards.checks(SealGuard.LOAD_COUNTER_MATCHES));
    }

    /** Whether the controller lets the contents of {@code frame} through. */
    boolean passes(State state, int frame) {
        boolean tag = !checksTag || sealed.get(state, frame);
        boolean count = !checksCounter || stored.get(state, frame) == counter.get(state, frame);
        return tag && count;
    }

    @Override
    public long access(State state, Actor actor, int page, Mapping mapping, boolean write) {
        if (!write) {
            return mapping == Mapping.SHARED || passes(state, page) ? page : Outcome.WAITS;
        }
        if (mapping == Mapping.SHARED) {
            sealed.set(state, page, false);
            return page;
        }
        int next = counter.get(state, page) + 1;
        if (next > LAST) {
            return Outcome.WAITS; // the memory would have to be encrypted anew
        }
        counter.set(state, page, next);
        stored.set(state, page, next);
        sealed.set(state, page, true);
        return page;
    }

    @Override
    public int key(State state, Mapping mapping) {
        return mapping == Mapping.PRIVATE ? KEY : 0;
    }
}
