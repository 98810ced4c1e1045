package org.ringfence.machine.state;

/**
 * Where one field of a table lies: in which array, how many entries share a word, and at which bits. A record, so that
 * the compiler folds every component when the machine is a constant to it.
 *
 * @param field what it is called, for who is told that a value is out of range
 * @param array index of the table's own array, or -1 for the packed words
 * @param base first word of the table, with the field's word inside an entry already added
 * @param whole whether each entry is one word, the commonest place in a large machine and the one found fastest
 * @param single whether all entries share one word, the commonest place in a small machine
 * @param count entries
 * @param perWord entries in one word; 1 when an entry fills one word or more
 * @param reciprocal 2^32 / perWord, rounded up: divides an index by a multiplication, exactly, for fewer than 2^26
 *     entries or a power-of-two {@code perWord}; 0 where all entries share one word, so that the compiler sees that
 *     nothing is left of the division. A branch for them would be one too many: a loop over a large machine is only
 *     fast as long as the compiler takes the choice between {@code whole} and the rest out of it, which it does for
 *     short loops
 * @param wordsPerEntry words of one entry; 1 when several entries share a word
 * @param stride bits between entries that share a word
 * @param shift bits below the field in entry 0
 * @param mask ones for the field's width
 * @param lowest where all entries share one word, a one at the lowest bit of the field in each
 */
public record Cells(
        Name field,
        int array,
        int base,
        boolean whole,
        boolean single,
        int count,
        int perWord,
        long reciprocal,
        int wordsPerEntry,
        int stride,
        int shift,
        long mask,
        long lowest) {

    /**
     * What a field is called.
     *
     * @param index what the index of its table's entries is called; empty for a table of one entry
     */
    record Name(String table, String index, String field) {
        /** Of one entry, as changes of a state print it. */
        String of(int entry) {
            return table + (index.isEmpty() ? "" : " " + index + " " + entry) + " " + field;
        }
    }

    static Cells at(
            Name name, int array, int base, int count, int perWord, int wordsPerEntry, int stride, int shift,
            int width) {
        boolean single = wordsPerEntry == 1 && count <= perWord && stride > 0;
        long reciprocal = single ? 0 : ((1L << 32) + perWord - 1) / perWord;
        long lowest = 0;
        for (int i = 0; single && i < count; i++) {
            lowest |= 1L << shift + i * stride;
        }
        return new Cells(
                name,
                array,
                base,
                perWord == 1 && wordsPerEntry == 1,
                single,
                count,
                perWord,
                reciprocal,
                wordsPerEntry,
                stride,
                shift,
                width == 64 ? -1L : (1L << width) - 1,
                lowest);
    }

    /** What the field of entry {@code index} is called. */
    String name(int index) {
        return field.of(index);
    }

    long get(State state, int index) {
        if (Integer.compareUnsigned(index, count) >= 0) {
            throw noEntry(index);
        }
        long[] words = array < 0 ? state.words : state.large[array];
        if (whole) {
            return words[base + index] >>> shift & mask;
        }
        int group = (int) (index * reciprocal >>> 32);
        return words[base + group * wordsPerEntry] >>> shift + (index - group * perWord) * stride & mask;
    }

    /**
     * As {@link #get} of an entry that the caller knows to exist. The lines are there twice: a call less decides how
     * much is inlined.
     */
    long read(State state, int index) {
        long[] words = array < 0 ? state.words : state.large[array];
        if (whole) {
            return words[base + index] >>> shift & mask;
        }
        int group = (int) (index * reciprocal >>> 32);
        return words[base + group * wordsPerEntry] >>> shift + (index - group * perWord) * stride & mask;
    }

    /** Stores bits of which the field may have too few: {@link OutOfRange} where it has. */
    void set(State state, int index, long value) {
        if ((value & ~mask) != 0) {
            throw OutOfRange.bits(name(index), value, mask);
        }
        put(state, index, value);
    }

    /** Stores a value that the caller knows to be in range. */
    void put(State state, int index, long value) {
        if (Integer.compareUnsigned(index, count) >= 0) {
            throw noEntry(index);
        }
        long[] words = array < 0 ? state.words : state.large[array];
        if (whole) {
            int word = base + index;
            words[word] = words[word] & ~(mask << shift) | value << shift;
            return;
        }
        int group = (int) (index * reciprocal >>> 32);
        int word = base + group * wordsPerEntry;
        int bit = shift + (index - group * perWord) * stride;
        words[word] = words[word] & ~(mask << bit) | value << bit;
    }

    /** As {@link #put} into an entry that the caller knows to exist. */
    void write(State state, int index, long value) {
        long[] words = array < 0 ? state.words : state.large[array];
        if (whole) {
            int word = base + index;
            words[word] = words[word] & ~(mask << shift) | value << shift;
            return;
        }
        int group = (int) (index * reciprocal >>> 32);
        int word = base + group * wordsPerEntry;
        int bit = shift + (index - group * perWord) * stride;
        words[word] = words[word] & ~(mask << bit) | value << bit;
    }

    /** Where the field of entry {@code index} is in the words of a packed state. */
    Layout.Place place(int index) {
        if (Integer.compareUnsigned(index, count) >= 0) {
            throw noEntry(index);
        }
        if (array >= 0) {
            throw new IllegalStateException(name(index) + " lies in an array of its own, not in packed words");
        }
        if (whole) {
            return new Layout.Place(base + index, shift, mask);
        }
        int group = (int) (index * reciprocal >>> 32);
        return new Layout.Place(base + group * wordsPerEntry, shift + (index - group * perWord) * stride, mask);
    }

    /** Without a check, an entry out of range would be some other field of the packed words. */
    private OutOfRange noEntry(int index) {
        return OutOfRange.entry(field.table() + " " + field.field(), index, count);
    }

    /**
     * The entries whose field holds {@code value}, one bit each, for at most 64 entries; without a branch where they
     * share a word.
     */
    long where(State state, long value) {
        if (count > Long.SIZE) {
            throw new IllegalStateException("one bit each for %d entries of %s".formatted(count, field.table()));
        }
        long differs = 0;
        if (single) {
            long word = (array < 0 ? state.words : state.large[array])[base];
            for (int bit = 0; mask >>> bit != 0; bit++) {
                long bits = Long.compress(word, lowest << bit);
                differs |= (value >>> bit & 1) == 0 ? bits : ~bits;
            }
        } else {
            for (int index = 0; index < count; index++) {
                differs |= (get(state, index) == value ? 0L : 1L) << index;
            }
        }
        return ~differs & (count == Long.SIZE ? -1L : (1L << count) - 1);
    }
}
