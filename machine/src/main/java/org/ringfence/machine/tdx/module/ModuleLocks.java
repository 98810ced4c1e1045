package org.ringfence.machine.tdx.module;

import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.State;

/**
 * The module's locks, as leaves on other logical processors hold them meanwhile. A leaf is atomic here and its own
 * locks never show, but for TDH.SYS.KEY.CONFIG with {@link ModuleFeature#LONG_KEY_CONFIG}. Source: TDX module 1.5.01,
 * tdx_locks.h.
 *
 * @param held by {@link Kind}, and within one by its number; no entries without {@link ModuleFeature#LOCKS}
 * @param pages the locks in PAMT entries
 * @param system the module's global lock, which also {@link ModuleFeature#LONG_KEY_CONFIG} takes; 1 while held
 */
public record ModuleLocks(
        ModuleOptions options, boolean kept, boolean keepsSystem, Enumerated<Held> held, Enumerated<Held> pages,
        Enumerated<Held> system) {

    /** What is locked. */
    public enum Kind {
        /** The whole module: TDX_SYS_BUSY. */
        SYS,
        /** The KeyID ownership table. */
        KOT,
        /** The encryption engine of a package, by the package's number: PCONFIG is busy. */
        KET,
        /** TDH.PHYMEM.CACHE.WB on a package, by its number. */
        WBCACHE,
        /** A TDMR, by its number. */
        TDMR,
        /** The PAMT entry of a page, by the frame. */
        PAGE
    }

    /** How a lock is held. */
    public enum Held {
        FREE,
        SHARED,
        EXCLUSIVE
    }

    static ModuleLocks declare(Declaration declaration, ModuleOptions options) {
        boolean kept = options.has(ModuleFeature.LOCKS);
        boolean keepsSystem = kept || options.has(ModuleFeature.LONG_KEY_CONFIG);
        int count = 1 + 2 * options.packages() + options.tdmrs();
        return new ModuleLocks(
                options,
                kept,
                keepsSystem,
                declaration.table("module lock", "lock", kept ? count : 0).enumerated("held", Held.class),
                kept
                        ? declaration.perFrame("PAMT lock").enumerated("held", Held.class)
                        : declaration.table("PAMT lock", "frame", 0).enumerated("held", Held.class),
                declaration.table("SYS lock", "", keepsSystem ? 1 : 0).enumerated("held", Held.class));
    }

    private int index(Kind kind, int number) {
        return switch (kind) {
            case SYS, KOT, PAGE -> 0;
            case KET -> 1 + number;
            case WBCACHE -> 1 + options.packages() + number;
            case TDMR -> 1 + 2 * options.packages() + number;
        };
    }

    /** How many locks of {@code kind} there are. */
    int count(Kind kind) {
        return switch (kind) {
            case SYS, KOT -> 1;
            case KET, WBCACHE -> options.packages();
            case TDMR -> options.tdmrs();
            case PAGE -> pages.cells().count();
        };
    }

    /** How {@code kind} is held. */
    public Held held(State state, Kind kind, int number) {
        return switch (kind) {
            case SYS -> keepsSystem ? system.get(state, 0) : Held.FREE;
            case PAGE -> kept && number >= 0 ? pages.get(state, number) : Held.FREE;
            case KOT, KET, WBCACHE, TDMR -> kept ? held.get(state, index(kind, number)) : Held.FREE;
        };
    }

    /**
     * Whether a leaf that wants it so must give up; never where it wants it {@link Held#FREE}, that is, does not ask.
     */
    public boolean isBusy(State state, Kind kind, int number, Held wanted) {
        if (wanted == Held.FREE) {
            return false;
        }
        Held now = held(state, kind, number);
        return now == Held.EXCLUSIVE || now == Held.SHARED && wanted == Held.EXCLUSIVE;
    }

    /** Takes or releases it. */
    public void set(State state, Kind kind, int number, Held how) {
        switch (kind) {
            case SYS -> system.set(state, 0, how);
            case PAGE -> pages.set(state, number, how);
            case KOT, KET, WBCACHE, TDMR -> held.set(state, index(kind, number), how);
        }
    }
}
