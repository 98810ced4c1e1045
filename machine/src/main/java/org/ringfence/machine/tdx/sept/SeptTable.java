package org.ringfence.machine.tdx.sept;

import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.ValueNames;

/**
 * The Secure EPT entries of one level, with what their L2 aliases permit.
 *
 * @param level their level, 0 for 4K
 * @param count how many; 0 where the machine keeps none of this level
 * @param span 4K pages of each
 * @param children entries of the level below that one of these covers; 0 for level 0
 * @param state their states
 * @param frame of a page its first 4K frame; of a table its own frame, where it has one
 * @param age how long ago a blocked entry was blocked, kept by whoever tracks TLBs
 * @param aliases what L1 permits each L2 VM, {@link PageAttributes} one after the other; while the entry is pending or
 *     blocked the aliases are L2_BLOCKED
 * @param accepted 4K pages of a pending 2M page that an interrupted accept has zeroed, the ACCEPT_COUNTER
 * @param lock the {@link Lock} of the entry
 * @param hostPriority 1 while a host that found the entry locked asks guests to give way
 * @param l2Tables the frames of L2 tables under an entry that is one itself
 */
public record SeptTable(
        int level,
        int count,
        int span,
        int children,
        Enumerated<SeptState> state,
        FrameRef frame,
        Bounded age,
        Bounded aliases,
        Bounded accepted,
        Bounded lock,
        Bounded hostPriority,
        L2Tables l2Tables) {

    /** Who holds the lock of an entry. */
    public enum Lock {
        FREE,
        /** A leaf of the host's on another logical CPU. */
        HOST,
        /** A leaf of the guest's on another vCPU. */
        GUEST
    }

    /** What the lock of an entry holds where a leaf under way of software's has it. */
    public static final int BY_LEAF = Lock.values().length;

    /** What the lock of an entry may hold, in words. */
    static final ValueNames LOCK_NAMES =
            ValueNames.of(Lock.FREE.name(), Lock.HOST.name(), Lock.GUEST.name(), "leaf under way");

    /** Makes the entry hold a page. */
    public void map(State words, int index, SeptState leaf, int toFrame) {
        state.set(words, index, leaf);
        frame.set(words, index, toFrame);
    }

    /** Makes every entry as it was in a new table. */
    public void forget(State words) {
        for (int index = 0; index < count; index++) {
            free(words, index);
            lock.set(words, index, 0);
            for (int vm = 1; vm <= l2Tables.vms(); vm++) {
                l2Tables.set(words, index, vm, FrameRef.NONE);
            }
        }
    }

    /** Makes the entry FREE, with its aliases gone, and no host waiting for it. */
    public void free(State words, int index) {
        hostPriority.set(words, index, 0);
        map(words, index, SeptState.FREE, FrameRef.NONE);
        aliases.set(words, index, 0);
        accepted.set(words, index, 0);
        age.set(words, index, 0);
    }
}
