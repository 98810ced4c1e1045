package org.ringfence.machine.tdx.td;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.LeafLocks.Lock;

/**
 * The leaves on one TD that have taken their locks and not committed yet, one for each logical CPU that runs software.
 * What they hold is told by {@link LeafLocks}, so that a lock which several share needs no count. The lock of a Secure
 * EPT entry lies in the entry.
 *
 * @param kept whether leaves take two steps
 * @param actors how many can have one
 * @param leaf the leaf of each actor
 * @param vcpu the vCPU whose root page it holds
 * @param frame the first 4K frame of the page that it is given, or takes away
 * @param level the level of that page
 */
public record LeavesUnderWay(
        boolean kept, int actors, Enumerated<LeafLocks> leaf, Bounded vcpu, FrameRef frame, Bounded level,
        Geometry geometry) {

    private static final ValueNames LEVELS = ValueNames.of("4K", "2M");

    static LeavesUnderWay declare(Declaration declaration, Geometry geometry, boolean kept, int actors, int vcpus) {
        Table table = declaration.table("leaf under way", "actor", kept ? actors : 0);
        return new LeavesUnderWay(
                kept,
                kept ? actors : 0,
                table.enumerated("leaf", LeafLocks.class),
                table.bounded("vCPU", vcpus - 1),
                table.frame("page"),
                table.bounded("its level", geometry.hasLargePages() ? 1 : 0, LEVELS),
                geometry);
    }

    /** Whether {@code actor} is in a leaf on this TD. */
    public boolean isUnderWay(State state, int actor) {
        return kept && actor >= 0 && actor < actors && !leaf.is(state, actor, LeafLocks.NONE);
    }

    /** A leaf takes its locks. */
    void begin(State state, int actor, LeafLocks locks, int ofVcpu, int page, int ofLevel) {
        leaf.set(state, actor, locks);
        vcpu.set(state, actor, ofVcpu);
        frame.set(state, actor, page);
        level.set(state, actor, ofLevel);
    }

    /** A leaf gives its locks back. */
    void end(State state, int actor) {
        begin(state, actor, LeafLocks.NONE, 0, FrameRef.NONE, 0);
    }

    /** Whether a leaf that wants {@code lock} so must give up. */
    boolean isBusy(State state, Lock lock, Held wanted) {
        if (kept) {
            for (int actor = 0; actor < actors; actor++) {
                if (leaf.get(state, actor).excludes(lock, wanted)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a leaf that wants the root page of {@code ofVcpu} so must give up. */
    boolean isTdvprBusy(State state, int ofVcpu, Held wanted) {
        if (kept) {
            for (int actor = 0; actor < actors; actor++) {
                if (vcpu.get(state, actor) == ofVcpu && leaf.get(state, actor).excludes(Lock.TDVPR, wanted)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a leaf holds one of the {@code span} frames from {@code first} on, which it was given or takes away. */
    boolean holdsPage(State state, int first, int span) {
        if (kept) {
            for (int actor = 0; actor < actors; actor++) {
                int page = frame.get(state, actor);
                int end = page + (level.get(state, actor) == 0 ? 1 : geometry.smallPerLarge());
                if (page != FrameRef.NONE && page < first + span && first < end) {
                    return true;
                }
            }
        }
        return false;
    }
}
