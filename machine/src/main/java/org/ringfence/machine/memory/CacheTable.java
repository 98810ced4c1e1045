package org.ringfence.machine.memory;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

/**
 * The slots in which caches hold lines. There is one table for all packages, since of one line under one KeyID there is
 * one copy that counts.
 *
 * <p>It comes in two forms. In the checker every line has a slot for every KeyID, a few bits each, which the table of
 * frames holds. That would be frames times KeyIDs at real size, where slots are therefore those of a set-associative
 * cache: as many as are configured, however much memory there is, each with the address and the KeyID of what it holds.
 * Then a line may have to leave for another, as in life.
 *
 * @param columns the fields of a slot: in the first form one for each line of a frame and KeyID
 * @param entries slots of a column
 * @param ways slots of a set; 0 in the first form
 */
public record CacheTable(List<Column> columns, int entries, int ways, int keys) {

    /** No slot. */
    static final int NONE = -1;

    /**
     * The fields of a slot.
     *
     * @param content 0 where the slot is free; else what {@link Caches} makes of it
     * @param owner the package
     * @param tag what the slot holds, where it can hold anything
     */
    record Column(Bounded content, Bounded owner, @Nullable Tag tag) {}

    /** Address and KeyID. */
    record Tag(FrameRef frame, Bounded line, Bounded keyId) {}

    public CacheTable {
        columns = List.copyOf(columns);
    }

    /**
     * Declares as many slots as {@code options} have.
     *
     * @param contents the greatest content
     * @param names what each content stands for
     */
    static CacheTable declare(
            Declaration declaration, int frames, MemoryOptions options, int contents, ValueNames names) {
        CacheOptions caches = options.caches();
        int keys = options.keyIds().count();
        int owners = Math.max(1, caches.packages());
        List<Column> columns = new ArrayList<>();
        if (!caches.present()) {
            return new CacheTable(columns, frames, 0, keys);
        }
        if (caches.sets() == 0) {
            Table table = declaration.perFrame("cache");
            for (int line = 0; line < options.linesPerFrame(); line++) {
                for (int keyId = 0; keyId < keys; keyId++) {
                    String under = options.keyIds().printed() + " " + keyId;
                    String name = options.linesPerFrame() == 1 ? under : "line " + line + " " + under;
                    columns.add(new Column(
                            table.bounded(name, contents, names), table.bounded(name + " package", owners - 1), null));
                }
            }
            return new CacheTable(columns, frames, 0, keys);
        }
        int entries = Math.multiplyExact(caches.sets(), caches.ways());
        Table table = declaration.table("cache", "slot", entries);
        columns.add(new Column(
                table.bounded("content", contents, names),
                table.bounded("package", owners - 1),
                new Tag(
                        table.frame("frame"),
                        table.bounded("line", options.linesPerFrame() - 1),
                        table.bounded(options.keyIds().printed(), options.keyIds().last()))));
        return new CacheTable(columns, entries, caches.ways(), keys);
    }

    /** How many slots there are. */
    int slots() {
        return columns.size() * entries;
    }

    /** The slot that holds the line; {@link #NONE} where it is not cached. */
    int find(State state, int frame, int line, int keyId) {
        if (columns.isEmpty()) {
            return NONE;
        }
        if (ways == 0) {
            int slot = slot(frame, line, keyId);
            return content(state, slot) == 0 ? NONE : slot;
        }
        int first = set(frame, line);
        for (int slot = first; slot < first + ways; slot++) {
            if (holds(state, slot, frame, line, keyId)) {
                return slot;
            }
        }
        return NONE;
    }

    /** Whether a slot holds a line under {@code keyId} with a content of at most {@code most}. */
    boolean holds(State state, int keyId, int most) {
        for (int i = 0; i < columns.size(); i++) {
            if (ways != 0 || i % keys == keyId) {
                for (int slot = i * entries; slot < (i + 1) * entries; slot++) {
                    int content = content(state, slot);
                    if (content != 0 && content <= most && keyId(state, slot) == keyId) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** A slot for the line: its own, a free one, or one that must first be emptied. */
    int choose(State state, int frame, int line, int keyId) {
        int found = find(state, frame, line, keyId);
        if (found != NONE) {
            return found;
        }
        if (ways == 0) {
            return slot(frame, line, keyId);
        }
        int first = set(frame, line);
        for (int slot = first; slot < first + ways; slot++) {
            if (content(state, slot) == 0) {
                return slot;
            }
        }
        return first;
    }

    /** Fills a slot. */
    void put(State state, int slot, int frame, int line, int keyId, int content, int number) {
        Column column = columns.get(slot / entries);
        int entry = slot % entries;
        column.content.set(state, entry, content);
        column.owner.set(state, entry, number);
        Tag tag = column.tag;
        if (tag != null) {
            tag.frame.set(state, entry, frame);
            tag.line.set(state, entry, line);
            tag.keyId.set(state, entry, keyId);
        }
    }

    /** Empties a slot. */
    void clear(State state, int slot) {
        put(state, slot, FrameRef.NONE, 0, 0, 0, 0);
    }

    int content(State state, int slot) {
        return columns.get(slot / entries).content.get(state, slot % entries);
    }

    void setContent(State state, int slot, int content) {
        columns.get(slot / entries).content.set(state, slot % entries, content);
    }

    int owner(State state, int slot) {
        return columns.get(slot / entries).owner.get(state, slot % entries);
    }

    int frame(State state, int slot) {
        Tag tag = columns.get(slot / entries).tag;
        return tag == null ? slot % entries : tag.frame.get(state, slot);
    }

    int line(State state, int slot) {
        Tag tag = columns.get(slot / entries).tag;
        return tag == null ? slot / entries / keys : tag.line.get(state, slot);
    }

    int keyId(State state, int slot) {
        Tag tag = columns.get(slot / entries).tag;
        return tag == null ? slot / entries % keys : tag.keyId.get(state, slot);
    }

    private boolean holds(State state, int slot, int frame, int line, int keyId) {
        return content(state, slot) != 0
                && frame(state, slot) == frame
                && line(state, slot) == line
                && keyId(state, slot) == keyId;
    }

    private int slot(int frame, int line, int keyId) {
        return (line * keys + keyId) * entries + frame;
    }

    /** The first slot of the set of a line, whatever the KeyID: aliases of one line compete. */
    private int set(int frame, int line) {
        int hash = (frame * 64 + line) * 0x9E3779B9;
        return ((hash >>> 16 ^ hash) & entries / ways - 1) * ways;
    }
}
