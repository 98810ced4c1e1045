package org.ringfence.machine.tdx.td;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.sept.SeptTable;

/**
 * TLB tracking: whether every vCPU that could hold a translation from before a block has left the TD since.
 *
 * <p>The module counts epochs: TD_EPOCH grows with each TDH.MEM.TRACK, a page blocked takes it as its BEPOCH, a vCPU
 * takes it at TDH.VP.ENTER, and REFCOUNT counts the vCPUs inside of the current and of the previous epoch, by its
 * parity. A page is tracked once its BEPOCH is older than the previous epoch, or is the previous one and no vCPU of it
 * is inside; and no third epoch may begin while one is.
 *
 * <p>Only differences matter, so this class keeps them and not the counts: a blocked page is of the {@link #CURRENT}
 * epoch, of the {@link #PREVIOUS} one, or {@link #TRACKED}; a vCPU inside is of the current or of the previous one. As
 * no vCPU enters the previous epoch any more, its pages become tracked when its last vCPU leaves. Hence finitely many
 * states, whatever the host does. Of a vCPU outside it is kept, where there are TLBs, whether its VCPU_EPOCH is another
 * than TD_EPOCH: then it is flushed when it enters.
 *
 * <p>Source: TDX module 1.5.01, helpers.h (is_tlb_tracked), helpers.c (adjust_tlb_tracking_state), tdh_mem_track.c.
 *
 * @param tracked whether pages wait at all
 * @param remembered whether the epoch of a vCPU outside is kept
 * @param first the actor that is the TD's first vCPU
 * @param entered for each vCPU, whether it entered in another epoch than the current one; one that is inside: in the
 *     previous
 * @param groups for each level, in which groups of entries any may be blocked and not tracked yet; of a level with
 *     fewer entries than a group none are kept, and all entries are looked at
 */
public record Epochs(
        boolean tracked, boolean remembered, Sept sept, Cpus cpus, int first, int vcpus, Bounded entered,
        List<Flag> groups) {

    /** Entries that share one flag of {@link #groups}. */
    private static final int GROUP = 1 << 14;

    /** The age of a page that is tracked, or not blocked. */
    public static final int TRACKED = 0;

    /** The age of a page with BEPOCH = TD_EPOCH - 1 while vCPUs of that epoch are inside. */
    public static final int PREVIOUS = 1;

    /** The age of a page with BEPOCH = TD_EPOCH. */
    public static final int CURRENT = 2;

    static Epochs declare(
            Declaration declaration, boolean tracked, boolean remembered, Sept sept, Cpus cpus, int first, int vcpus) {
        Bounded entered =
                declaration.table("vCPU epoch", "vCPU", vcpus).truth("entered in the previous", tracked);
        List<Flag> groups = new ArrayList<>();
        for (int level = 0; level < sept.options().kept(); level++) {
            int count = tracked && sept.table(level).count() > GROUP
                    ? (sept.table(level).count() + GROUP - 1) / GROUP
                    : 0;
            groups.add(declaration.table("blocked of level " + level, "group", count).flag("any"));
        }
        return new Epochs(
                tracked, tracked && remembered, sept, cpus, first, vcpus, entered, List.copyOf(groups));
    }

    /** An entry is blocked now. */
    public void block(State state, SeptTable table, int index) {
        if (tracked) {
            table.age().set(state, index, CURRENT);
            if (table.count() > GROUP) {
                groups.get(table.level()).set(state, index / GROUP, true);
            }
        }
    }

    /**
     * Whether nobody can hold a translation through the entry of {@code level} around {@code page}, which is blocked.
     */
    public boolean isTracked(State state, int page, int level) {
        return !sept.keeps(level) || sept.table(level).age().get(state, sept.index(page, level)) == TRACKED;
    }

    /** Whether a vCPU of the previous epoch is inside: REFCOUNT[TD_EPOCH - 1] is not 0. */
    public boolean isPreviousBusy(State state) {
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            if (entered.get(state, vcpu) != 0 && (!remembered || isInside(state, vcpu))) {
                return true;
            }
        }
        return false;
    }

    /** REFCOUNT of the current epoch, or of the previous one. */
    public int refcount(State state, boolean previous) {
        int count = 0;
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            count += isInside(state, vcpu) && entered.get(state, vcpu) != 0 == previous ? 1 : 0;
        }
        return count;
    }

    private boolean isInside(State state, int vcpu) {
        return !cpus.isWithHost(state, first + vcpu);
    }

    /**
     * Begins the next epoch. Where a vCPU of the previous one is inside, which TDH.MEM.TRACK refuses, it becomes one of
     * the current epoch by the parity of its count, and what was blocked in its epoch counts as tracked.
     */
    public void advance(State state) {
        if (!tracked) {
            return;
        }
        if (isPreviousBusy(state)) {
            replace(state, PREVIOUS, TRACKED);
        }
        boolean inside = false;
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            if (isInside(state, vcpu)) {
                int other = 1 - entered.get(state, vcpu);
                entered.set(state, vcpu, other);
                inside |= other == 1;
            } else if (remembered) {
                entered.set(state, vcpu, 1);
            }
        }
        replace(state, CURRENT, inside ? PREVIOUS : TRACKED);
    }

    /** A vCPU enters the TD: it is of the current epoch now. Answers whether it was of another. */
    public boolean enter(State state, int vcpu) {
        boolean changed = remembered && entered.get(state, vcpu) != 0;
        if (changed) {
            entered.set(state, vcpu, 0);
        }
        return changed;
    }

    /** A vCPU, which counts as outside by now, has left the TD. */
    public void leave(State state, int vcpu) {
        if (entered.get(state, vcpu) != 0) {
            if (!remembered) {
                entered.set(state, vcpu, 0);
            }
            if (!isPreviousBusy(state)) {
                replace(state, PREVIOUS, TRACKED);
            }
        }
    }

    private void replace(State state, int age, int by) {
        for (int level = 0; level < sept.options().kept(); level++) {
            SeptTable table = sept.table(level);
            if (table.count() <= GROUP) {
                replace(state, table, 0, table.count(), age, by);
                continue;
            }
            Flag any = groups.get(level);
            for (int group = 0; group < any.cells().count(); group++) {
                if (any.get(state, group)) {
                    int end = Math.min(table.count(), (group + 1) * GROUP);
                    any.set(state, group, replace(state, table, group * GROUP, end, age, by));
                }
            }
        }
    }

    /** Answers whether any entry is not tracked then. */
    private static boolean replace(State state, SeptTable table, int from, int to, int age, int by) {
        boolean any = false;
        for (int index = from; index < to; index++) {
            int found = table.age().get(state, index);
            if (found == age) {
                table.age().set(state, index, by);
                found = by;
            }
            any |= found != TRACKED;
        }
        return any;
    }
}
