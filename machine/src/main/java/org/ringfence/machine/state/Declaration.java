package org.ringfence.machine.state;

import java.util.ArrayList;
import java.util.List;

/**
 * What a component uses to declare its tables. {@link Layout#of} lets the components declare twice: first to measure
 * every entry, then to hand out the views, whose records know their place from birth. Declaring must therefore do the
 * same both times.
 */
public final class Declaration {

    record Draft(String name, String index, int count, Layout.Entries entries, List<DraftField> fields) {}

    record DraftField(String name, int width, Layout.Kind kind) {}

    private static final Cells UNPLACED = Cells.at(new Cells.Name("", "", ""), -1, 0, 1, 1, 1, 0, 0, 1);

    private final int frames;
    private final List<Layout.Table> placed;
    final List<Draft> drafts;
    private final String prefix;

    Declaration(int frames, List<Layout.Table> placed) {
        this(frames, placed, new ArrayList<>(), "");
    }

    private Declaration(int frames, List<Layout.Table> placed, List<Draft> drafts, String prefix) {
        this.frames = frames;
        this.placed = placed;
        this.drafts = drafts;
        this.prefix = prefix;
    }

    /**
     * The same, for a component of which there are several: what it declares is called {@code name} and then as it
     * says.
     */
    public Declaration of(String name) {
        return new Declaration(frames, placed, drafts, prefix + name);
    }

    /** How many host frames the machine has. */
    public int frames() {
        return frames;
    }

    /**
     * A table of {@code count} entries.
     *
     * @param name what the table is called in a state's description
     * @param index what an entry's index is called there, for example {@code page}
     */
    public Table table(String name, String index, int count) {
        return open(name, index, count, Layout.Entries.OTHER);
    }

    /** A table with one entry for each host frame; where frames are renamed, its entries move with them. */
    public Table perFrame(String name) {
        return open(name, "frame", frames, Layout.Entries.FRAMES);
    }

    /** A table with one entry for each of {@code pages} guest pages; where pages are renamed, its entries move. */
    public Table perPage(String name, int pages) {
        return open(name, "page", pages, Layout.Entries.PAGES);
    }

    /** A table in which each guest page has several entries; pages of a machine that has one are never renamed. */
    public Table perPageAndMore(String name, String index, int count) {
        return open(name, index, count, Layout.Entries.PAGES_AND_MORE);
    }

    /** A table of one entry. */
    public Table single(String name) {
        return open(name, "", 1, Layout.Entries.OTHER);
    }

    private Table open(String name, String index, int count, Layout.Entries entries) {
        drafts.add(new Draft(prefix + name, index, count, entries, new ArrayList<>()));
        return new Table(this, drafts.size() - 1);
    }

    Cells place(int table, int field, String name, int width, Layout.Kind kind) {
        drafts.get(table).fields().add(new DraftField(name, width, kind));
        if (placed.isEmpty()) {
            return UNPLACED;
        }
        if (table >= placed.size() || field >= placed.get(table).fields().size()) {
            throw differs(drafts.get(table).name() + " " + name);
        }
        return placed.get(table).fields().get(field).cells();
    }

    static IllegalStateException differs(Object what) {
        return new IllegalStateException(
                "a machine declares other tables the second time than it did the first: " + what);
    }
}
