package org.ringfence.stack.guest.svsm.window;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.ValueNames;

/**
 * The virtual addresses at which one CPU of the monitor maps physical memory for a while: slots of 4K and slots of 2M,
 * each mapping a run of either. COCONUT-SVSM has 512 slots of 4K and 511 of 2M a CPU, and leaves one slot free after
 * every mapping as a guard; without the guard all slots can be taken at once. Source: COCONUT-SVSM,
 * kernel/src/mm/virtualrange.rs, kernel/src/mm/ptguards.rs.
 *
 * @param guard whether a mapping takes one slot more than it has pages, which maps nothing
 * @param small for each slot of 4K the page it maps, from 1; 0 for a free one
 * @param large for each slot of 2M the first page it maps, from 1; 0 for a free one
 */
public record Window(Geometry geometry, boolean guard, Slots small, Slots large) {

    /**
     * Brings a window.
     *
     * @param small slots of 4K
     * @param large slots of 2M, where the machine has large pages
     * @param guard as of {@link Window}
     */
    public record Sized(int small, int large, boolean guard) implements Part {
        public Sized {
            if (small < 1 || small > COCONUT_SMALL || large < 0 || large > COCONUT_LARGE) {
                throw new IllegalArgumentException(
                        "a window has 1 to %d slots of 4K and 0 to %d of 2M, not %d and %d"
                                .formatted(COCONUT_SMALL, COCONUT_LARGE, small, large));
            }
        }

        @Override
        public Class<Window> type() {
            return Window.class;
        }

        @Override
        public Window declare(Declaration declaration, Machine machine, Cast cast) {
            return Window.declare(declaration, machine.part(Memory.class).geometry(), small, large, guard);
        }

        @Override
        public Part and(Part other) {
            if (!(other instanceof Sized(int otherSmall, int otherLarge, boolean otherGuard)) || otherGuard != guard) {
                throw new IllegalArgumentException("one actor's window has guards, another's has none");
            }
            return new Sized(Math.max(small, otherSmall), Math.max(large, otherLarge), guard);
        }
    }

    /** Slots of 4K in COCONUT-SVSM's window of one CPU. */
    public static final int COCONUT_SMALL = 512;

    /** Slots of 2M. */
    public static final int COCONUT_LARGE = 511;

    /**
     * Slots of one size.
     *
     * @param count how many
     * @param page as in {@link Window#small}; one more than pages there are for a guard
     */
    public record Slots(int count, Bounded page) {
        static Slots declare(Declaration declaration, String name, int count, int pages) {
            return new Slots(count, declaration.table(name, "slot", count)
                    .pageFrom("page", 1, pages + 1, ValueNames.orNone("none", pages, "guard")));
        }

        /** The first of {@code wanted} free slots in a row; -1 when there are none. */
        int find(State state, int wanted) {
            int free = 0;
            for (int slot = 0; slot < count; slot++) {
                free = page.get(state, slot) == 0 ? free + 1 : 0;
                if (free == wanted) {
                    return slot - wanted + 1;
                }
            }
            return -1;
        }
    }

    /** Declares a window of so many slots. */
    public static Window declare(Declaration declaration, Geometry geometry, int small, int large, boolean guard) {
        return new Window(
                geometry,
                guard,
                Slots.declare(declaration, "window 4K", small, geometry.pages()),
                Slots.declare(declaration, "window 2M", geometry.hasLargePages() ? large : 0, geometry.pages()));
    }

    private Slots of(Level level) {
        return level == Level.SIZE_4K ? small : large;
    }

    /** Maps {@code count} pages of {@code level} from {@code page} on; the first slot, or -1 when there is no room. */
    int map(State state, int page, int count, Level level) {
        Slots slots = of(level);
        int first = slots.find(state, guard ? count + 1 : count);
        for (int i = 0; first >= 0 && i < count; i++) {
            slots.page.set(state, first + i, 1 + page + i * geometry.span(level));
        }
        if (first >= 0 && guard) {
            slots.page.set(state, first + count, geometry.pages() + 1);
        }
        return first;
    }

    /** Frees what {@link #map} has taken. */
    void unmap(State state, int first, int count, Level level) {
        Slots slots = of(level);
        for (int i = 0; i < (guard ? count + 1 : count); i++) {
            slots.page.set(state, first + i, 0);
        }
    }

    /** The {@code index}th 4K page that a slot maps; software that uses one which maps none is broken. */
    int pageAt(State state, int slot, int index, Level level) {
        int page = of(level).page.get(state, slot) - 1;
        if (page < 0 || page == geometry.pages()) {
            throw new IllegalStateException("slot %d of %s maps nothing".formatted(slot, level));
        }
        return page + index;
    }
}
