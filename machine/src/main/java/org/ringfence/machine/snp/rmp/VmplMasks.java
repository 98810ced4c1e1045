package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * What VMPL1 to VMPL3 may do with a page: a mask of {@link Permissions} each, in the RMP entry. VMPL0 has all, always.
 *
 * @param vmpl1 empty where the machine does not keep VMPL1's
 * @param vmpl2 likewise
 * @param vmpl3 likewise
 * @param stale what nested translations of the inner guest's VMPL, not flushed yet, may still permit beside; empty
 *     where the machine has no {@link RmpFeature#UNTIL_FLUSH}
 */
public record VmplMasks(RmpOptions options, Bits vmpl1, Bits vmpl2, Bits vmpl3, Bits stale) {

    /** Masks by themselves, from which nothing is translated. */
    public static VmplMasks declare(Table table, RmpOptions options) {
        return declare(table, options, false);
    }

    /** The masks of the RMP. */
    static VmplMasks ofRmp(Table table, RmpOptions options) {
        return declare(table, options, options.has(RmpFeature.UNTIL_FLUSH) && options.keeps(Snp.INNER_VMPL));
    }

    private static VmplMasks declare(Table table, RmpOptions options, boolean translated) {
        return new VmplMasks(
                options,
                table.bits("VMPL1", options.keeps(1) ? Permissions.WIDTH : 0, Permissions.NAMES),
                table.bits("VMPL2", options.keeps(2) ? Permissions.WIDTH : 0, Permissions.NAMES),
                table.bits("VMPL3", options.keeps(3) ? Permissions.WIDTH : 0, Permissions.NAMES),
                table.bits("stale", translated ? Permissions.WIDTH : 0, Permissions.NAMES));
    }

    public int get(State state, int entry, int vmpl) {
        return switch (vmpl) {
            case 0 -> Permissions.ALL;
            case 1 -> options.keeps(1) ? (int) vmpl1.get(state, entry) : Permissions.NONE;
            case 2 -> options.keeps(2) ? (int) vmpl2.get(state, entry) : Permissions.NONE;
            case 3 -> options.keeps(3) ? (int) vmpl3.get(state, entry) : Permissions.NONE;
            default -> throw new IllegalArgumentException("VMPL" + vmpl + " is not in 0..3");
        };
    }

    public void set(State state, int entry, int vmpl, int permissions) {
        if (options.keeps(vmpl)) {
            (vmpl == 1 ? vmpl1 : vmpl == 2 ? vmpl2 : vmpl3).set(state, entry, permissions);
        }
    }

    /**
     * Something is taken away of what the entry permitted so far: translations that were made by now may be used on.
     */
    void age(State state, int entry) {
        if (stale.width() > 0) {
            stale.set(state, entry, stale.get(state, entry) | get(state, entry, Snp.INNER_VMPL));
        }
    }

    /** What translations that were made before may still permit {@code vmpl}. */
    public int stale(State state, int entry, int vmpl) {
        return stale.width() > 0 && vmpl == Snp.INNER_VMPL ? (int) stale.get(state, entry) : Permissions.NONE;
    }

    /** The translations of {@code entry} are flushed on every CPU. */
    public void flush(State state, int entry) {
        if (stale.width() > 0) {
            stale.set(state, entry, 0);
        }
    }

    public void clear(State state, int entry) {
        flush(state, entry);
        set(state, entry, 1, Permissions.NONE);
        set(state, entry, 2, Permissions.NONE);
        set(state, entry, 3, Permissions.NONE);
    }

    public void copy(State state, int from, int to) {
        for (int vmpl = 1; vmpl <= 3; vmpl++) {
            set(state, to, vmpl, get(state, from, vmpl));
        }
    }

    /** What lies in {@code from} is divided: {@code to} permits the same, and so do the translations of it. */
    void divide(State state, int from, int to) {
        copy(state, from, to);
        if (stale.width() > 0) {
            stale.set(state, to, stale.get(state, from));
        }
    }

    public boolean same(State state, int one, int other) {
        return get(state, one, 1) == get(state, other, 1)
                && get(state, one, 2) == get(state, other, 2)
                && get(state, one, 3) == get(state, other, 3);
    }

    /** Bits 31:8 of an entry's second word. */
    public long raw(State state, int entry) {
        return (long) get(state, entry, 1) << 8 | (long) get(state, entry, 2) << 16 | (long) get(state, entry, 3) << 24;
    }
}
