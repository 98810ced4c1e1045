package org.ringfence.machine.tdx.sept;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestPages;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;
import org.ringfence.machine.tdx.module.AddressMap;

/**
 * The Secure EPT of one trust domain: up to five levels of tables, of which a machine keeps the lowest ones that its
 * case needs.
 *
 * <p>Level 0 holds entries of 4K pages, level 1 of 2M, level 2 of 1G, levels 3 and 4 of PML4 and PML5. Entries of a
 * level that is not kept are NL_MAPPED for good: the tables below them exist, and cost neither a bit nor a frame. An
 * entry covers those of the 512 entries below it that the machine has.
 *
 * <p>A walk ends at the first entry that is no table which lets it on: whatever is not NL_MAPPED. Source: TDX module
 * 1.5.01, helpers.c (walk_private_gpa), sept_manager.c (secure_ept_walk).
 *
 * @param options what is kept
 * @param addresses where frames lie
 */
public record Sept(
        Geometry geometry, SeptOptions options, AddressMap addresses, SeptTable pt, SeptTable pd, SeptTable pdpt,
        SeptTable pml4,
        SeptTable pml5) {

    /** Levels of pages and tables that there can be. */
    public static final int LEVELS = 5;

    private static final int ENTRIES = 512;
    private static final String[] NAMES = {"4K", "2M", "1G", "512G", "256T"};

    /** As {@link org.ringfence.machine.tdx.td.Epochs} counts them. */
    private static final ValueNames AGES = ValueNames.of("no", "in the previous epoch", "in this epoch");

    /** Declares the tables that {@code options} keep. */
    public static Sept declare(
            Declaration declaration, Geometry geometry, SeptOptions options, AddressMap addresses) {
        return new Sept(
                geometry,
                options,
                addresses,
                declare(declaration, geometry, options, 0),
                declare(declaration, geometry, options, 1),
                declare(declaration, geometry, options, 2),
                declare(declaration, geometry, options, 3),
                declare(declaration, geometry, options, 4));
    }

    private static SeptTable declare(Declaration declaration, Geometry geometry, SeptOptions options, int level) {
        long span = span(geometry, level);
        int count = level < options.kept() ? Math.toIntExact((geometry.pages() + span - 1) / span) : 0;
        int attributeBits = options.vms() * options.attributeBits();
        boolean leaf2M = level == 1 && options.interruptible();
        String name = options.name() + "Secure EPT " + NAMES[level];
        Table table = level == 0
                ? declaration.perPage(name, count)
                : declaration.perPageAndMore(name, NAMES[level] + " page", count);
        return new SeptTable(
                level,
                count,
                (int) Math.min(span, geometry.pages()),
                level == 0 ? 0 : (int) (span / span(geometry, level - 1)),
                table.enumerated("state", SeptState.class, SeptState.LAST_WITHOUT_MIGRATION),
                table.frame("frame"),
                table.bounded("blocked", options.ages(), AGES),
                table.bounded("L2", (1 << attributeBits) - 1, l2Names(options)),
                table.bounded("accept counter", leaf2M ? geometry.smallPerLarge() - 1 : 0),
                table.bounded(
                        "lock", options.locks() ? SeptTable.BY_LEAF : 0,
                        SeptTable.LOCK_NAMES),
                table.truth("host waits", options.locks()),
                L2Tables.declare(
                        declaration, name, level == 0 ? 0 : count,
                        level > 0 && options.l2Tables() ? options.vms() : 0));
    }

    /** The attributes of the alias that each L2 VM has, such as {@code [R, W]}; with the VM where there are several. */
    private static ValueNames l2Names(SeptOptions options) {
        List<String> names = new ArrayList<>();
        for (int vm = 1; vm <= options.vms(); vm++) {
            for (int bit = 0; bit < options.attributeBits(); bit++) {
                String attribute = PageAttributes.print(1 << bit);
                names.add(options.vms() == 1 ? attribute : "VM " + vm + " " + attribute);
            }
        }
        return ValueNames.bits(names.toArray(String[]::new));
    }

    /** 4K pages of an entry of {@code level}, also of those beyond the machine. */
    private static long span(Geometry geometry, int level) {
        long span = 1;
        for (int i = 1; i <= level; i++) {
            span *= i == 1 && geometry.hasLargePages() ? geometry.smallPerLarge() : ENTRIES;
        }
        return span;
    }

    // ---- entries

    /** The entries of {@code level}. */
    public SeptTable table(int level) {
        return switch (level) {
            case 0 -> pt;
            case 1 -> pd;
            case 2 -> pdpt;
            case 3 -> pml4;
            default -> pml5;
        };
    }

    /** Whether entries of {@code level} are kept. */
    public boolean keeps(int level) {
        return level < options.kept();
    }

    /** The index of the entry of {@code level} around {@code page}; 0 at a level that is not kept. */
    public int index(int page, int level) {
        return level == 0 ? page : keeps(level) ? page / table(level).span() : 0;
    }

    /** The level at which a walk to the entry of {@code level} at {@code page} ends. */
    public int reached(State state, int page, int level) {
        for (int above = options.kept() - 1; above > level; above--) {
            if (!table(above).state().is(state, index(page, above), SeptState.NL_MAPPED)) {
                return above;
            }
        }
        return level;
    }

    /** The state of the entry of {@code level} around {@code page}. */
    public SeptState state(State state, int page, int level) {
        return keeps(level) ? table(level).state().get(state, index(page, level)) : SeptState.NL_MAPPED;
    }

    /**
     * Whether the entry of {@code level} around {@code page} may be named by a leaf that a case uses: the machine keeps
     * it.
     */
    public void require(long rcx) {
        if (!keeps(SeptOperand.level(rcx))) {
            throw new IllegalArgumentException("%s: the machine keeps no entries of that level, only the lowest %d"
                    .formatted(SeptOperand.print(rcx), options.kept()));
        }
    }

    /** The page that {@code rcx} names; a machine that has none there is too small for its routines. */
    public int page(long rcx) {
        return GuestPages.page(geometry, SeptOperand.gpa(rcx));
    }

    /** The first frame of the 4K page at {@code page} within the leaf of {@code level} around it. */
    public int frame(State state, int page, int level) {
        SeptTable table = table(level);
        int index = index(page, level);
        return table.frame().get(state, index) + page - index * table.span();
    }

    /** The index of the first entry of the level below under the entry of {@code level} around {@code page}. */
    public int firstChild(int page, int level) {
        return index(page, level) * table(level).children();
    }

    /** The index behind the last entry of the level below under that entry, of those that the machine has. */
    public int endOfChildren(int page, int level) {
        return Math.min(firstChild(page, level) + table(level).children(), table(level - 1).count());
    }

    /** Frames that the entries of this tree hold, one bit each; for at most 64 frames. */
    public long usedFrames(State state) {
        long used = 0;
        for (int level = 0; level < options.kept(); level++) {
            SeptTable table = table(level);
            for (int index = 0; index < table.count(); index++) {
                int frame = table.frame().get(state, index);
                if (frame != FrameRef.NONE) {
                    used |= mask(table.state().get(state, index).isLeaf() ? table.span() : 1) << frame;
                }
                for (int vm = 1; vm <= table.l2Tables().vms(); vm++) {
                    int l2 = table.l2Tables().frame(state, index, vm);
                    used |= l2 == FrameRef.NONE ? 0 : 1L << l2;
                }
            }
        }
        return used;
    }

    private static long mask(int frames) {
        return frames >= Long.SIZE ? -1L : (1L << frames) - 1;
    }

    /** 4K pages of an entry of {@code level}, which is kept. */
    public int span(int level) {
        return level == 0 ? 1 : table(level).span();
    }

    /** Makes every entry FREE. */
    public void forget(State state) {
        for (int level = 0; level < options.kept(); level++) {
            table(level).forget(state);
        }
    }

    /** The entry of {@code level} around {@code page} gets a table in {@code frame}, of entries that are all new. */
    public void add(State state, int page, int level, int frame) {
        table(level).map(state, index(page, level), SeptState.NL_MAPPED, frame);
        if (options.locks()) {
            for (int child = firstChild(page, level); child < endOfChildren(page, level); child++) {
                table(level - 1).hostPriority().set(state, child, 0);
            }
        }
    }

    // ---- words

    /** The physical address of a frame; 0 for none. */
    public long hpa(int frame) {
        return frame == FrameRef.NONE ? 0 : addresses.hpa(frame);
    }

    /** The entry of {@code level} around {@code page} as it lies in memory. */
    public SeptWord word(State state, int page, int level) {
        return word(state, page, level, keeps(level) ? table(level).accepted().get(state, index(page, level)) : 0);
    }

    /** As {@link #word(State, int, int)}, without the counter of an accept that an interrupt has stopped. */
    public SeptWord wordWithoutCounter(State state, int page, int level) {
        return word(state, page, level, 0);
    }

    private SeptWord word(State state, int page, int level, int accepted) {
        if (!keeps(level)) {
            return SeptWord.of(SeptState.NL_MAPPED, 0, 0, 0);
        }
        SeptTable table = table(level);
        int index = index(page, level);
        int aliases = 0;
        for (int vm = 1; vm <= options.vms(); vm++) {
            aliases |= isAliased(state, page, level, vm) ? 1 << vm - 1 : 0;
        }
        return SeptWord.of(
                table.state().get(state, index),
                hpa(table.frame().get(state, index)),
                accepted,
                aliases)
                .with(
                        table.lock().get(state, index) != 0,
                        table.hostPriority().get(state, index) != 0);
    }

    // ---- L2

    /** What L1 permits L2 VM {@code vm}, from 1, of the page at an entry: {@link PageAttributes}. */
    public int attributes(State state, int page, int level, int vm) {
        int bits = options.attributeBits();
        return table(level).aliases().get(state, index(page, level)) >>> (vm - 1) * bits & (1 << bits) - 1;
    }

    /**
     * Permits L2 VM {@code vm} other {@link PageAttributes}, of which those that the machine does not keep are lost;
     * without R, W and X, its entry is gone.
     */
    public void permit(State state, int page, int level, int vm, int attributes) {
        int bits = options.attributeBits();
        int mask = (1 << bits) - 1;
        int shift = (vm - 1) * bits;
        int kept = PageAttributes.isPresent(attributes) ? attributes & mask : 0;
        SeptTable table = table(level);
        int index = index(page, level);
        table.aliases().set(state, index, table.aliases().get(state, index) & ~(mask << shift) | kept << shift);
    }

    /** Whether L2 VM {@code vm} has an entry beside an entry of L1: a page's, or a table's. */
    public boolean isAliased(State state, int page, int level, int vm) {
        SeptState found = state(state, page, level);
        if (found.isLeaf()) {
            return attributes(state, page, level, vm) != 0;
        }
        if (!found.isTable() || vm > options.vms()) {
            return false;
        }
        return !keepsL2Tables(level) || table(level).l2Tables().frame(state, index(page, level), vm) != FrameRef.NONE;
    }

    private boolean keepsL2Tables(int level) {
        return keeps(level) && table(level).l2Tables().vms() > 0;
    }

    /** The level at which a walk of L2 VM {@code vm} to the entry of {@code level} ends, where L1's walk gets there. */
    public int l2Reached(State state, int page, int level, int vm) {
        for (int above = options.kept() - 1; above > level; above--) {
            if (!isAliased(state, page, above, vm)) {
                return above;
            }
        }
        return level;
    }

    /** The entry of L2 VM {@code vm} beside L1's. */
    public L2Word l2Word(State state, int page, int level, int vm) {
        if (!isAliased(state, page, level, vm)) {
            return L2Word.free();
        }
        SeptState found = state(state, page, level);
        SeptTable table = table(level);
        int index = keeps(level) ? index(page, level) : 0;
        if (found.isTable()) {
            return L2Word.table(
                    keepsL2Tables(level) ? hpa(table.l2Tables().frame(state, index, vm)) : 0,
                    found == SeptState.NL_BLOCKED);
        }
        return L2Word.leaf(
                hpa(table.frame().get(state, index)),
                attributes(state, page, level, vm),
                found != SeptState.MAPPED);
    }
}
