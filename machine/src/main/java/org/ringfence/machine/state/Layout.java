package org.ringfence.machine.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Where each field of a machine lies.
 *
 * @param tables in the order of their declaration
 * @param words length of the packed words
 * @param large lengths of the arrays that tables have of their own; empty when packed
 * @param frames interchangeable host frames
 * @param framesPerBlock frames that are interchangeable only together, as a large page's are; 1 when each is on its own
 */
public record Layout(List<Table> tables, int words, List<Integer> large, int frames, int framesPerBlock) {

    /** How tables share arrays. */
    public enum Storage {
        /** All tables in one small array, with as few bits as they need. */
        PACKED,
        /** Each table in its own array, entries of a power of two bits. */
        LARGE
    }

    /** What a field holds. */
    public sealed interface Kind {
        /** A boolean. */
        record Truth() implements Kind {}

        /** A constant of an enum. */
        record Constant(Class<? extends Enum<?>> type) implements Kind {}

        /** An integer from 0 to {@code max}; {@code names} says what it stands for. */
        record Number(int max, ValueNames names) implements Kind {}

        /** 64 bits. */
        record Raw() implements Kind {}

        /** A set of small integers, of frames when {@code ofFrames}; {@code names} has what others stand for. */
        record Set(boolean ofFrames, ValueNames names) implements Kind {}

        /** A set of constants of an enum. */
        record Constants(Class<? extends Enum<?>> type) implements Kind {}

        /** A frame's index plus one, or zero. */
        record FrameName() implements Kind {}

        /** The number of a guest page, plus {@code first}; smaller values name none. {@code names} is how all print. */
        record PageName(int first, ValueNames names) implements Kind {}

        /** A set of guest pages, one bit each. */
        record Pages() implements Kind {}
    }

    /** What the entries of a table are of. */
    public enum Entries {
        /** One for each host frame. */
        FRAMES,
        /** One for each guest page. */
        PAGES,
        /** One for each guest page and something else, a CPU for example. */
        PAGES_AND_MORE,
        /** Neither frames nor pages. */
        OTHER
    }

    /** A placed table. */
    public record Table(String name, String index, int count, Entries entries, List<Field> fields) {
        /** Whether there is one entry for each host frame. */
        public boolean perFrame() {
            return entries == Entries.FRAMES;
        }
    }

    /** A placed field. */
    public record Field(String name, Kind kind, Cells cells) {
        /** Where the bits of entry {@code index} are. */
        public Place place(int index) {
            return cells.place(index);
        }

        /** The stored bits of entry {@code index}, of those that the table has. */
        public long get(State state, int index) {
            assert index >= 0 && index < cells.count() : cells.name(index);
            return cells.read(state, index);
        }

        /**
         * Stores bits that {@link #get} has read, or a renaming of them. Renaming is a permutation of what is in range,
         * and whoever renames goes through the entries in their order: so neither is checked but by assertion, where it
         * would cost a fifth of a search that renames.
         */
        public void set(State state, int index, long bits) {
            assert index >= 0 && index < cells.count() && (bits & ~cells.mask()) == 0 : cells.name(index) + " " + bits;
            cells.write(state, index, bits);
        }
    }

    /**
     * Where bits are in the words of a packed state.
     *
     * @param mask of the lowest bits, as many as the field has
     */
    public record Place(int word, int shift, long mask) {}

    /** A layout and the machine whose views it placed. */
    public record Placed<M>(Layout layout, M machine) {}

    /** One field that differs between two states, with both values printed. */
    public record Change(String place, String before, String after) {
        @Override
        public String toString() {
            return place + ": " + before + " -> " + after;
        }
    }

    public Layout {
        tables = List.copyOf(tables);
        large = List.copyOf(large);
        if (framesPerBlock < 1 || frames % framesPerBlock != 0) {
            throw new IllegalArgumentException(
                    frames + " frames are no whole number of blocks of " + framesPerBlock + " frames");
        }
    }

    /**
     * Measures and places the tables that {@code declare} declares.
     *
     * @param frames host frames of the machine
     * @param framesPerBlock frames of one interchangeable block
     */
    public static <M> Placed<M> of(Storage storage, int frames, int framesPerBlock, Function<Declaration, M> declare) {
        Declaration measuring = new Declaration(frames, List.of());
        M unplaced = declare.apply(measuring);
        Objects.requireNonNull(unplaced, "a machine");
        Layout layout =
                switch (storage) {
                    case PACKED -> packed(measuring.drafts, frames, framesPerBlock);
                    case LARGE -> large(measuring.drafts, frames, framesPerBlock);
                };
        Declaration placing = new Declaration(frames, layout.tables);
        M machine = declare.apply(placing);
        if (!placing.drafts.equals(measuring.drafts)) {
            throw Declaration.differs(machine);
        }
        return new Placed<>(layout, machine);
    }

    /** A state with every bit zero. */
    public State newState() {
        return new State(words, large.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Bytes that a state takes. */
    public long bytes() {
        return Long.BYTES * large.stream().mapToLong(Integer::intValue).reduce(words, Long::sum);
    }

    /** Bits that the packed tables need, without those that alignment to words leaves unused. */
    public int bits() {
        return tables.stream()
                .mapToInt(table -> table.count * bitsPerEntry(table))
                .sum();
    }

    private static int bitsPerEntry(Table table) {
        return table.fields.stream()
                .mapToInt(field -> Long.bitCount(field.cells.mask()))
                .sum();
    }

    /** The fields that differ between two states of this layout, in the order of their declaration. */
    public List<Change> diff(State before, State after) {
        List<Change> changes = new ArrayList<>();
        for (Table table : tables) {
            for (int i = 0; i < table.count; i++) {
                for (Field field : table.fields) {
                    long old = field.get(before, i);
                    long now = field.get(after, i);
                    if (old != now) {
                        changes.add(new Change(field.cells.name(i), print(field, old), print(field, now)));
                    }
                }
            }
        }
        return changes;
    }

    /** Every entry of a state on a line of its own, entries with nothing but zero bits, or no bits at all, left out. */
    public List<String> describe(State state) {
        List<String> lines = new ArrayList<>();
        for (Table table : tables) {
            for (int i = 0; i < table.count; i++) {
                StringBuilder line = new StringBuilder();
                for (Field field : table.fields) {
                    long bits = field.get(state, i);
                    if (bits != 0 || field.kind instanceof Kind.Constant && field.cells.mask() != 0) {
                        line.append(line.isEmpty() ? "" : ", ")
                                .append(field.name)
                                .append(' ')
                                .append(print(field, bits));
                    }
                }
                if (!line.isEmpty()) {
                    lines.add(table.name + (table.index.isEmpty() ? "" : " " + table.index + " " + i) + ": " + line);
                }
            }
        }
        return lines;
    }

    private static String print(Field field, long bits) {
        return switch (field.kind) {
            case Kind.Truth() -> bits != 0 ? "yes" : "no";
            case Kind.Constant(var type) -> type.getEnumConstants()[(int) bits].toString();
            case Kind.Number(int max, ValueNames names) -> names.print((int) bits);
            case Kind.Raw() -> "0x%016X".formatted(bits);
            case Kind.Set(boolean ofFrames, ValueNames names) ->
                members(bits).stream().map(names::print).toList().toString();
            case Kind.Constants(var type) ->
                members(bits).stream().map(i -> type.getEnumConstants()[i]).toList().toString();
            case Kind.FrameName() -> bits == 0 ? "none" : Long.toString(bits - 1);
            case Kind.PageName(int first, ValueNames names) -> names.print((int) bits);
            case Kind.Pages() -> members(bits).toString();
        };
    }

    private static List<Integer> members(long bits) {
        List<Integer> members = new ArrayList<>();
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            members.add(Long.numberOfTrailingZeros(rest));
        }
        return members;
    }

    // ---- placing

    /** An entry before it is placed: its width when it fits one word, else its words; each field's word and shift. */
    private record Shape(int bits, int words, int[] word, int[] shift) {
        static Shape of(Declaration.Draft draft) {
            int n = draft.fields().size();
            int[] word = new int[n];
            int[] shift = new int[n];
            int at = 0;
            int bit = 0;
            for (int i = 0; i < n; i++) {
                int width = draft.fields().get(i).width();
                if (bit + width > 64) {
                    at++;
                    bit = 0;
                }
                word[i] = at;
                shift[i] = bit;
                bit += width;
            }
            return new Shape(at == 0 ? bit : 64, at + 1, word, shift);
        }
    }

    /** First fit, widest table first: a table lies inside one word when it can, else begins a word of its own. */
    private static Layout packed(List<Declaration.Draft> drafts, int frames, int framesPerBlock) {
        Shape[] shapes = drafts.stream().map(Shape::of).toArray(Shape[]::new);
        Integer[] order = new Integer[shapes.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                Comparator
                        .comparingLong(
                                (Integer i) -> -(long) drafts.get(i).count() * shapes[i].bits() * shapes[i].words())
                        .thenComparingInt(i -> i));
        List<Integer> used = new ArrayList<>();
        Table[] tables = new Table[shapes.length];
        for (int t : order) {
            Shape shape = shapes[t];
            int stride = shape.bits;
            int perWord = shape.words > 1 ? 1 : stride == 0 ? Integer.MAX_VALUE : 64 / stride;
            long bits = (long) drafts.get(t).count() * shape.bits;
            if (shape.words == 1 && bits <= 64) {
                int needed = (int) bits;
                int word = 0;
                while (word < used.size() && used.get(word) + needed > 64) {
                    word++;
                }
                if (word == used.size()) {
                    used.add(0);
                }
                tables[t] = place(drafts.get(t), shape, -1, word, used.get(word), perWord, stride);
                used.set(word, used.get(word) + needed);
            } else {
                int words = (drafts.get(t).count() + perWord - 1) / perWord * shape.words;
                tables[t] = place(drafts.get(t), shape, -1, used.size(), 0, perWord, stride);
                int lastBits = shape.words > 1 ? 64 : (drafts.get(t).count() - 1) % perWord * stride + shape.bits;
                for (int i = 0; i < words; i++) {
                    used.add(i == words - 1 ? lastBits : 64);
                }
            }
        }
        return new Layout(List.of(tables), Math.max(1, used.size()), List.of(), frames, framesPerBlock);
    }

    private static Layout large(List<Declaration.Draft> drafts, int frames, int framesPerBlock) {
        List<Table> tables = new ArrayList<>();
        List<Integer> arrays = new ArrayList<>();
        for (Declaration.Draft draft : drafts) {
            Shape shape = Shape.of(draft);
            int stride = shape.words > 1 ? 64 : roundUpToPowerOfTwo(Math.max(1, shape.bits));
            int perWord = 64 / stride;
            long words = ((long) draft.count() + perWord - 1) / perWord * shape.words;
            tables.add(place(draft, shape, arrays.size(), 0, 0, perWord, stride));
            arrays.add(Math.toIntExact(words));
        }
        return new Layout(tables, 0, arrays, frames, framesPerBlock);
    }

    private static int roundUpToPowerOfTwo(int bits) {
        return bits == 1 ? 1 : Integer.highestOneBit(bits - 1) << 1;
    }

    private static Table place(
            Declaration.Draft draft, Shape shape, int array, int base, int shift, int perWord, int stride) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < draft.fields().size(); i++) {
            Declaration.DraftField field = draft.fields().get(i);
            Cells cells = Cells.at(
                    new Cells.Name(draft.name(), draft.index(), field.name()),
                    array,
                    base + shape.word[i],
                    draft.count(),
                    perWord,
                    shape.words,
                    stride,
                    shift + shape.shift[i],
                    field.width());
            fields.add(new Field(field.name(), field.kind(), cells));
        }
        return new Table(draft.name(), draft.index(), draft.count(), draft.entries(), List.copyOf(fields));
    }
}
