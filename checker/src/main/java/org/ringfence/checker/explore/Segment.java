package org.ringfence.checker.explore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.ringfence.machine.state.Layout;

/**
 * Bits of the own fields of blocks of frames, or of pages, that name nothing: of every block in one word, and in the
 * same order. All segments of a block, one after the other, are its key.
 *
 * @param word by block
 * @param mask by block, as many bits in each
 * @param from where in the key they begin
 * @param bits how many
 */
record Segment(int[] word, long[] mask, int from, int bits) {

    /** One entry of a block: a field at this offset in the block. */
    private record Entry(Layout.Field field, int offset) {
        Layout.Place in(int block, int perBlock) {
            return field.place(block * perBlock + offset);
        }
    }

    /**
     * The fields {@code plain} of every block, in the order of the first block's, in as few segments as hold for every
     * block.
     *
     * @param perBlock entries of one block
     */
    static Segment[] of(List<Layout.Field> plain, int blocks, int perBlock) {
        List<Entry> entries = new ArrayList<>();
        for (Layout.Field field : plain) {
            for (int offset = 0; offset < perBlock && field.place(0).mask() != 0; offset++) {
                entries.add(new Entry(field, offset));
            }
        }
        entries.sort(Comparator.comparingInt((Entry entry) -> entry.in(0, perBlock).word())
                .thenComparingInt(entry -> entry.in(0, perBlock).shift()));
        List<Segment> found = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < entries.size();) {
            int end = i + 1;
            while (end < entries.size() && follows(entries.get(end - 1), entries.get(end), blocks, perBlock)) {
                end++;
            }
            Segment segment = of(entries.subList(i, end), from, blocks, perBlock);
            found.add(segment);
            from += segment.bits;
            i = end;
        }
        return found.toArray(Segment[]::new);
    }

    private static boolean follows(Entry before, Entry entry, int blocks, int perBlock) {
        for (int b = 0; b < blocks; b++) {
            Layout.Place first = before.in(b, perBlock);
            Layout.Place second = entry.in(b, perBlock);
            if (first.word() != second.word() || first.shift() >= second.shift()) {
                return false;
            }
        }
        return true;
    }

    private static Segment of(List<Entry> entries, int from, int blocks, int perBlock) {
        int[] word = new int[blocks];
        long[] mask = new long[blocks];
        for (int b = 0; b < blocks; b++) {
            for (Entry entry : entries) {
                Layout.Place place = entry.in(b, perBlock);
                word[b] = place.word();
                mask[b] |= place.mask() << place.shift();
            }
        }
        return new Segment(word, mask, from, Long.bitCount(mask[0]));
    }

    /** Words of a key made of {@code segments}. */
    static int words(Segment[] segments) {
        int bits = segments.length == 0 ? 0 : segments[segments.length - 1].from + segments[segments.length - 1].bits;
        return (bits + Long.SIZE - 1) / Long.SIZE;
    }

    /** The bits of {@code block}. */
    long get(long[] words, int block) {
        return Long.compress(words[word[block]], mask[block]);
    }

    /** Adds the bits of {@code block} to the key at {@code key}. */
    void read(long[] words, int block, long[] keys, int key) {
        long found = get(words, block);
        int at = key + (from >> 6);
        keys[at] |= found << from;
        if ((from & 63) + bits > Long.SIZE) {
            keys[at + 1] |= found >>> Long.SIZE - (from & 63);
        }
    }

    /** Gives {@code block}, whose bits are zero, those of the key at {@code key}. */
    void write(long[] words, int block, long[] keys, int key) {
        int at = key + (from >> 6);
        long found = keys[at] >>> from;
        if ((from & 63) + bits > Long.SIZE) {
            found |= keys[at + 1] << Long.SIZE - (from & 63);
        }
        words[word[block]] |= Long.expand(found, mask[block]);
    }
}
