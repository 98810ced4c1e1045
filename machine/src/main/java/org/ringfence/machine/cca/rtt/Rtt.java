package org.ringfence.machine.cca.rtt;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * The translation tables of each realm: a root of level 2, one granule here, and below it tables of level 3, which the
 * host adds and takes away. In life the root of the smallest realm is of level 2 too, and four granules in a row.
 *
 * <p>An address is named by its <em>place</em>: pages from 0 on are protected, those from {@code pages} on are the
 * unprotected aliases, with the top bit of the IPA set. An entry has a number: those of level 2 from 0 on, one a block,
 * and behind them those of level 3, one a place; of these the ones without a table are all zero.
 *
 * @param entry of each number
 * @param output the granule that an entry names: of its table, or the first of its memory
 */
public record Rtt(Geometry geometry, Enumerated<RttEntry> entry, FrameRef output) {

    /** The level of a page's entry. */
    public static final int PAGE_LEVEL = 3;

    /** The level of a block's entry, and of the root. */
    public static final int BLOCK_LEVEL = 2;

    /** The bit of an IPA that tells unprotected addresses: of realms with 40 bits. */
    public static final long UNPROTECTED = 1L << 39;

    /** Declares the tables of {@code realms} realms. */
    public static Rtt declare(Declaration declaration, Geometry geometry, int realms) {
        int entries = 2 * (blocks(geometry) + geometry.pages());
        Table table = declaration.table("RTT", "entry", realms * entries);
        return new Rtt(geometry, table.enumerated("state", RttEntry.class), table.frame("output"));
    }

    private static int span(Geometry geometry) {
        return geometry.hasLargePages() ? geometry.smallPerLarge() : geometry.pages();
    }

    private static int blocks(Geometry geometry) {
        return geometry.pages() / span(geometry);
    }

    /** How many pages a block of level 2 has; without large pages all of them, and then nothing maps it whole. */
    public int span() {
        return span(geometry);
    }

    /** How many places there are. */
    public int places() {
        return 2 * geometry.pages();
    }

    /** How many blocks there are, protected or not. */
    public int blocks() {
        return 2 * blocks(geometry);
    }

    /** How many entries a realm has. */
    public int entries() {
        return blocks() + places();
    }

    /** The place of {@code ipa}, in bytes; -1 where it is not aligned to 4 KiB or beyond the realm's memory. */
    public int place(long ipa) {
        int page = geometry.page(ipa & ~UNPROTECTED);
        return page < 0 ? page : (ipa & UNPROTECTED) == 0 ? page : page + geometry.pages();
    }

    /** The IPA of {@code place}. */
    public long ipa(int place) {
        return isProtected(place)
                ? geometry.gpa(place)
                : geometry.gpa(place - geometry.pages()) | UNPROTECTED;
    }

    /** Whether {@code place} is in the protected half. */
    public boolean isProtected(int place) {
        return place < geometry.pages();
    }

    /** Whether a block begins with {@code place}. */
    public boolean isBlockAligned(int place) {
        return place % span() == 0;
    }

    /** The number of the level-2 entry that covers {@code place} of {@code realm}. */
    public int block(int realm, int place) {
        return realm * entries() + place / span();
    }

    /** The number of the level-3 entry of {@code place}. */
    public int page(int realm, int place) {
        return realm * entries() + blocks() + place;
    }

    /** Walks to the deepest entry that covers {@code place}. */
    public int walk(State state, int realm, int place) {
        int block = block(realm, place);
        return entry.is(state, block, RttEntry.TABLE) ? page(realm, place) : block;
    }

    /** The level of the entry with this number. */
    public int level(int number) {
        return number % entries() < blocks() ? BLOCK_LEVEL : PAGE_LEVEL;
    }

    /** Replaces an entry. */
    public void set(State state, int number, RttEntry next, int frame) {
        entry.set(state, number, next);
        output.set(state, number, frame);
    }

    /** Replaces the state of an entry whose granule stays. */
    public void set(State state, int number, RttEntry next) {
        entry.set(state, number, next);
    }

    /** The granule that {@code place} leads to through the entry with this number, whether or not that is valid. */
    public int frame(State state, int number, int place) {
        int first = output.get(state, number);
        return first < 0 || level(number) == PAGE_LEVEL ? first : first + place % span();
    }

    /** Fills the table below the block at {@code place} with what its entry says. */
    public void unfold(State state, int realm, int place) {
        int block = block(realm, place);
        RttEntry all = entry.get(state, block);
        int first = output.get(state, block);
        for (int i = 0; i < span(); i++) {
            set(state, page(realm, place + i), all, first < 0 ? first : first + i);
        }
    }

    /** Empties the table below the block at {@code place}, which is taken away. */
    public void clear(State state, int realm, int place) {
        for (int i = 0; i < span(); i++) {
            set(state, page(realm, place + i), RttEntry.UNASSIGNED_EMPTY, FrameRef.NONE);
        }
    }

    /** Whether an entry below the block at {@code place} holds a granule of the realm's: its table is live. */
    public boolean isLive(State state, int realm, int place) {
        for (int i = 0; i < span(); i++) {
            if (entry.get(state, page(realm, place + i)).isAssigned()) {
                return true;
            }
        }
        return false;
    }

    /** Whether all entries below the block at {@code place} are of one state. */
    public boolean isHomogeneous(State state, int realm, int place) {
        RttEntry first = entry.get(state, page(realm, place));
        for (int i = 1; i < span(); i++) {
            if (!entry.is(state, page(realm, place + i), first)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the granules below the block at {@code place} follow each other from where a block can begin. */
    public boolean isContiguous(State state, int realm, int place) {
        int first = output.get(state, page(realm, place));
        if (first < 0 || !geometry.hasLargePages() || !geometry.isLargeAligned(first)) {
            return false;
        }
        for (int i = 1; i < span(); i++) {
            if (output.get(state, page(realm, place + i)) != first + i) {
                return false;
            }
        }
        return true;
    }

    /** The root of a new realm: the protected half is UNASSIGNED_EMPTY, the other UNASSIGNED_NS. */
    public void start(State state, int realm) {
        for (int place = 0; place < places(); place += span()) {
            set(
                    state,
                    block(realm, place),
                    isProtected(place) ? RttEntry.UNASSIGNED_EMPTY : RttEntry.UNASSIGNED_NS,
                    FrameRef.NONE);
        }
    }

    /** The root of no realm: zero. */
    public void end(State state, int realm) {
        for (int place = 0; place < places(); place += span()) {
            set(state, block(realm, place), RttEntry.UNASSIGNED_EMPTY, FrameRef.NONE);
        }
    }

    /** Whether the root holds a table or a granule of the realm's. */
    public boolean isRootLive(State state, int realm) {
        for (int place = 0; place < places(); place += span()) {
            RttEntry root = entry.get(state, block(realm, place));
            if (root == RttEntry.TABLE || root.isAssigned()) {
                return true;
            }
        }
        return false;
    }
}
