package org.ringfence.machine.state;

/** Declares the fields of one table, in the order in which they lie in an entry. */
public final class Table {
    private final Declaration declaration;
    private final int table;
    private int field;

    Table(Declaration declaration, int table) {
        this.declaration = declaration;
        this.table = table;
    }

    /** A boolean. */
    public Flag flag(String name) {
        return new Flag(place(name, 1, new Layout.Kind.Truth()));
    }

    /** A constant of {@code type}. */
    public <E extends Enum<E>> Enumerated<E> enumerated(String name, Class<E> type) {
        int last = type.getEnumConstants().length - 1;
        return Enumerated.of(place(name, widthOf(last), new Layout.Kind.Constant(type)), type, last);
    }

    /** A constant of {@code type} up to {@code last}; those behind it are never stored and cost no bit. */
    public <E extends Enum<E>> Enumerated<E> enumerated(String name, Class<E> type, E last) {
        int ordinal = last.ordinal();
        return Enumerated.of(place(name, widthOf(ordinal), new Layout.Kind.Constant(type)), type, ordinal);
    }

    /** An integer from 0 to {@code max}. */
    public Bounded bounded(String name, int max) {
        return bounded(name, max, ValueNames.of());
    }

    /** An integer from 0 to {@code max} that stands for something else. */
    public Bounded bounded(String name, int max, ValueNames names) {
        return new Bounded(place(name, widthOf(max), new Layout.Kind.Number(max, names)), max);
    }

    /** 0 or 1; always 0, and without a bit, where it is not {@code kept}. */
    public Bounded truth(String name, boolean kept) {
        return bounded(name, kept ? 1 : 0, ValueNames.TRUTH);
    }

    /** The number of a guest page, up to {@code last}; renaming pages renames it. */
    public Bounded page(String name, int last) {
        return new Bounded(place(name, widthOf(last), new Layout.Kind.PageName(0, ValueNames.of())), last);
    }

    /** The number of a guest page plus {@code first}, up to {@code last}; smaller values name no page. */
    public Bounded pageFrom(String name, int first, int last) {
        return pageFrom(name, first, last, first == 1 ? ValueNames.NUMBER_OR_NONE : ValueNames.of());
    }

    /** As {@link #pageFrom(String, int, int)}, printed by {@code names}. */
    public Bounded pageFrom(String name, int first, int last, ValueNames names) {
        return new Bounded(place(name, widthOf(last), new Layout.Kind.PageName(first, names)), last);
    }

    /** A set of {@code pages} guest pages, at most 64; renaming pages renames its members. */
    public Bits pageSet(String name, int pages) {
        return new Bits(place(name, pages, new Layout.Kind.Pages()), pages);
    }

    /** 64 bits. */
    public Word word(String name) {
        return new Word(place(name, 64, new Layout.Kind.Raw()));
    }

    /** A set of integers below {@code width}, at most 64. */
    public Bits bits(String name, int width) {
        return bits(name, width, ValueNames.of());
    }

    /** A set of integers below {@code width}, at most 64, each of which stands for something else. */
    public Bits bits(String name, int width, ValueNames names) {
        return new Bits(place(name, width, new Layout.Kind.Set(false, names)), width);
    }

    /** A set of constants of {@code type}, each at its ordinal. */
    public Bits constants(String name, Class<? extends Enum<?>> type) {
        int width = type.getEnumConstants().length;
        return new Bits(place(name, width, new Layout.Kind.Constants(type)), width);
    }

    /** A set of host frames; renaming frames renames its members. */
    public Bits frameSet(String name) {
        int frames = declaration.frames();
        return new Bits(place(name, frames, new Layout.Kind.Set(true, ValueNames.of())), frames);
    }

    /** A host frame or none. */
    public FrameRef frame(String name) {
        return frame(name, true);
    }

    /** A host frame or none; always none, and without a bit, where it is not {@code kept}. */
    public FrameRef frame(String name, boolean kept) {
        int frames = kept ? declaration.frames() : 0;
        return new FrameRef(place(name, widthOf(frames), new Layout.Kind.FrameName()), frames);
    }

    private Cells place(String name, int width, Layout.Kind kind) {
        if (width > 64) {
            throw new IllegalArgumentException(name + " needs " + width + " bits; a field has 64 at most");
        }
        return declaration.place(table, field++, name, width, kind);
    }

    /** Bits needed for 0 to {@code max}; a field that can hold one value only takes none. */
    private static int widthOf(int max) {
        return 32 - Integer.numberOfLeadingZeros(max);
    }
}
