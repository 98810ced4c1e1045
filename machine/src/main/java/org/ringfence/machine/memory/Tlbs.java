package org.ringfence.machine.memory;

import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

/**
 * Translations that logical CPUs keep. A translation, once filled, is usable until it is flushed, whatever has become
 * of the tables it came from; that they agree again is for software to bring about.
 *
 * <p>A CPU keeps translations of several contexts apart, which a protection numbers from 0: an L2 VM, a VMPL, an ASID,
 * a private or a shared mapping. An access that finds a translation with the rights it needs goes where that says;
 * otherwise it walks the tables, and what it finds takes the old one's place. A large page is kept as its small ones.
 *
 * <p>In the checker there is an entry for each CPU, context and page. At real size there are as many entries a context
 * as are configured, and a page takes the place of another.
 *
 * @param contexts of one CPU
 * @param entries of one context
 * @param tagged whether an entry says which page it is of, because there are more pages than entries
 * @param page the page an entry is of, where it says so
 * @param frame the frame, none where the entry is empty
 * @param rights what the translation permits, in bits of the protection's own
 */
public record Tlbs(int cpus, int contexts, int entries, boolean tagged, Bounded page, FrameRef frame, Bounded rights) {

    /** What {@link #frame(State, int, int, int)} answers where no translation is kept. */
    public static final int NONE = FrameRef.NONE;

    /**
     * Declares entries for each of {@code cpus} logical CPUs.
     *
     * @param entries of a context; as many as pages where all are kept
     * @param rights the greatest number of rights
     */
    public static Tlbs declare(Declaration declaration, int cpus, int contexts, int pages, int entries, int rights) {
        if (entries < 1 || entries > pages) {
            throw new IllegalArgumentException(
                    "a TLB keeps " + entries + " of " + pages + " pages; allowed are 1 to all of them");
        }
        boolean tagged = entries < pages;
        Table table = declaration.perPageAndMore("TLB", "entry", Math.multiplyExact(cpus * contexts, entries));
        return new Tlbs(
                cpus,
                contexts,
                entries,
                tagged,
                table.page("page", tagged ? pages - 1 : 0),
                table.frame("frame"),
                table.bounded("rights", rights, ValueNames.bits("read", "write")));
    }

    /** Declares none: nothing is kept. */
    public static Tlbs none(Declaration declaration) {
        Table table = declaration.table("TLB", "entry", 0);
        return new Tlbs(0, 0, 0, false, table.bounded("page", 0), table.frame("frame"), table.bounded("rights", 0));
    }

    /** Whether translations are kept at all. */
    public boolean present() {
        return entries > 0;
    }

    /** Keeps the translations of {@code span} pages from {@code page} on to as many frames. */
    public void fill(State state, int cpu, int context, int page, int frame, int span, int rights) {
        for (int i = 0; i < span; i++) {
            int index = index(cpu, context, page + i);
            this.page.set(state, index, tagged ? page + i : 0);
            this.frame.set(state, index, frame + i);
            this.rights.set(state, index, rights);
        }
    }

    /** The frame that a kept translation of {@code page} leads to; {@link #NONE}. */
    public int frame(State state, int cpu, int context, int page) {
        if (!present()) {
            return NONE;
        }
        int index = index(cpu, context, page);
        return tagged && this.page.get(state, index) != page ? NONE : frame.get(state, index);
    }

    /** The rights of a translation that is kept. */
    public int rights(State state, int cpu, int context, int page) {
        return rights.get(state, index(cpu, context, page));
    }

    /** The frame that a kept translation leads to if it permits all of {@code needed}; {@link #NONE}. */
    public int usable(State state, int cpu, int context, int page, int needed) {
        int found = frame(state, cpu, context, page);
        return found != NONE && (rights(state, cpu, context, page) & needed) == needed ? found : NONE;
    }

    /** Forgets the translations of {@code span} pages from {@code page} on, of one context of one CPU. */
    public void flush(State state, int cpu, int context, int page, int span) {
        for (int i = 0; i < span; i++) {
            if (frame(state, cpu, context, page + i) != NONE) {
                clear(state, index(cpu, context, page + i));
            }
        }
    }

    /** Forgets one context of one CPU. */
    public void flush(State state, int cpu, int context) {
        int first = index(cpu, context, 0);
        for (int index = first; index < first + entries; index++) {
            clear(state, index);
        }
    }

    /** Forgets every context of one CPU. */
    public void flush(State state, int cpu) {
        for (int context = 0; context < contexts; context++) {
            flush(state, cpu, context);
        }
    }

    /** Forgets the translations of {@code span} pages from {@code page} on, everywhere. */
    public void flushPages(State state, int page, int span) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            for (int context = 0; context < contexts; context++) {
                flush(state, cpu, context, page, span);
            }
        }
    }

    /** Whether any CPU keeps a translation of {@code page} in any context. */
    public boolean isKept(State state, int page) {
        for (int cpu = 0; cpu < cpus; cpu++) {
            for (int context = 0; context < contexts; context++) {
                if (frame(state, cpu, context, page) != NONE) {
                    return true;
                }
            }
        }
        return false;
    }

    private void clear(State state, int index) {
        page.set(state, index, 0);
        frame.set(state, index, NONE);
        rights.set(state, index, 0);
    }

    private int index(int cpu, int context, int page) {
        return (cpu * contexts + context) * entries + (tagged ? page % entries : page);
    }
}
