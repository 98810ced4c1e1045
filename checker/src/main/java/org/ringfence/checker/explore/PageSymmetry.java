package org.ringfence.checker.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.state.Fingerprint;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/**
 * Renames guest pages canonically that nobody distinguishes, and then frames.
 *
 * <p>A guest of many pages often uses one; what the host does with the others is the same with other names. Pages are
 * alike when no software names them and exchanging two of them leaves the first state as it is. The layout says where
 * pages are named: tables of pages, fields that hold a page, sets of pages. Exchanging two alike pages everywhere leads
 * from any reachable state to a reachable one, with the same moves: families offer an operation on the one page where
 * they offer it on the other, software's operations name neither, and laws judge all pages in one way. So of states
 * that differ by such an exchange one is searched, and {@link #size} tells how many it stands for: states and
 * transitions are counted as without, exactly.
 *
 * <p>What rests on the declarations of parts, families and laws is tried while the search goes on: see
 * {@link PageCheck}.
 *
 * <p>Pages are ordered by signatures that depend on no name, as blocks of frames are in {@link FrameSymmetry}. Pages
 * of one signature that neither name a frame nor are named by one have the same bits, and any order gives the same
 * words. Of others the neighbours are exchanged; where frames renamed canonically are the same after each exchange,
 * they are after every order of these pages, as exchanges of neighbours generate all. Else every order is tried and the
 * least words are the representative.
 *
 * <p>At most {@link #MOST} pages are renamed; orders of more would be too many to try. Machines with large pages keep
 * their pages apart, as do those of which a table has several entries a page.
 */
public final class PageSymmetry implements Symmetry {
    /** Alike pages that are renamed: 7 have 5,040 orders. */
    static final int MOST = 7;

    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    private final @Nullable Symmetry frameSymmetry;
    private final int[] alike;
    private final int[] apart;
    private final int[] indexOf;
    private final int frames;
    private final Segment[] pageBits;
    private final int pageKeyWords;
    private final Segment[] frameBits;
    private final Own[] framesOfPages;
    private final Own[] framesOfFrames;
    private final Own[] pagesOfFrames;
    private final Single[] singleFrames;
    private final Single[] singlePages;
    private final Single[] pageSets;
    private final ThreadLocal<Work> works;
    private final long all;

    /**
     * A field of pages' or frames' own entries that names something.
     *
     * @param at by page or frame, where it is: the word times 64, and the shift
     * @param first the least value that names something
     * @param set whether it names several, one bit each
     */
    private record Own(int[] at, long mask, int first, boolean set, long salt) {
        long get(long[] words, int index) {
            return words[at[index] >> 6] >>> at[index] & mask;
        }

        void put(long[] words, int index, long bits) {
            int to = at[index];
            words[to >> 6] = words[to >> 6] & ~(mask << to) | bits << to;
        }
    }

    /** An entry that is no page's and no frame's own and names one, or a set of them. */
    private record Single(int word, int shift, long mask, int first, boolean set, long salt) {
        long get(long[] words) {
            return words[word] >>> shift & mask;
        }

        void put(long[] words, long bits) {
            words[word] = words[word] & ~(mask << shift) | bits << shift;
        }
    }

    /** What canonicalising needs, for one thread. */
    private static final class Work {
        final State trial;
        final long[] base;
        final long[] pageKeys;
        final long[] page;
        final long[] frame;
        final long[] refined;
        final long[] values;
        final int[] order;
        final int[] nameOf;

        /** Alike pages that name a frame or are named by one, one bit each, by their place among the alike. */
        long related;

        /** Frames whose signature has been computed, one bit each. */
        long known;

        Work(Layout layout, int pages, int pageKeyWords) {
            trial = layout.newState();
            base = new long[layout.words()];
            pageKeys = new long[pages * pageKeyWords];
            page = new long[pages];
            frame = new long[layout.frames()];
            refined = new long[layout.frames()];
            values = new long[pages];
            order = new int[pages];
            nameOf = new int[pages];
        }
    }

    private PageSymmetry(Layout layout, @Nullable Symmetry frameSymmetry, int pages, int[] alike) {
        this.frameSymmetry = frameSymmetry;
        this.alike = alike;
        indexOf = new int[pages];
        Arrays.fill(indexOf, -1);
        for (int i = 0; i < alike.length; i++) {
            indexOf[alike[i]] = i;
        }
        apart = IntStream.range(0, pages).filter(page -> indexOf[page] < 0).toArray();
        frames = layout.frames();
        Fields fields = new Fields(layout, pages);
        pageBits = Segment.of(fields.pagePlain, pages, 1);
        pageKeyWords = Segment.words(pageBits);
        frameBits = Segment.of(fields.framePlain, frames, 1);
        framesOfPages = fields.framesOfPages.toArray(Own[]::new);
        framesOfFrames = fields.framesOfFrames.toArray(Own[]::new);
        pagesOfFrames = fields.pagesOfFrames.toArray(Own[]::new);
        singleFrames = fields.singleFrames.toArray(Single[]::new);
        singlePages = fields.singlePages.toArray(Single[]::new);
        pageSets = fields.pageSets.toArray(Single[]::new);
        works = ThreadLocal.withInitial(() -> new Work(layout, alike.length, pageKeyWords));
        all = factorial(alike.length);
    }

    /**
     * The symmetry of the pages among {@code unnamed} that {@code initial} does not tell apart, beside that of frames;
     * {@code frames} itself where there are no two such pages, or where a field names pages in a way that is not
     * renamed here.
     *
     * @param unnamed pages that no software names, ascending
     */
    public static @Nullable Symmetry of(
            Layout layout, State initial, @Nullable Symmetry frames, int pages, List<Integer> unnamed) {
        if (unnamed.size() < 2 || layout.frames() > Long.SIZE || layout.framesPerBlock() > 1
                || !canRename(layout, pages)) {
            return frames;
        }
        int[] candidates = unnamed.stream().mapToInt(Integer::intValue).toArray();
        PageSymmetry exchange = new PageSymmetry(layout, frames, pages, candidates);
        int[] most = new int[0];
        boolean[] placed = new boolean[candidates.length];
        for (int i = 0; i < candidates.length; i++) {
            int one = i;
            int[] same = placed[i]
                    ? new int[0]
                    : IntStream.range(i, candidates.length)
                            .filter(other -> other == one || exchange.isSameWith(initial, one, other))
                            .toArray();
            for (int other : same) {
                placed[other] = true;
            }
            most = same.length > most.length ? same : most;
        }
        int[] alike = Arrays.stream(most).limit(MOST).map(i -> candidates[i]).toArray();
        return alike.length < 2 ? frames : new PageSymmetry(layout, frames, pages, alike);
    }

    private static boolean canRename(Layout layout, int pages) {
        return layout.tables().stream().allMatch(table -> table.fields().stream().allMatch(field -> table.count() == 0
                || field.place(0).mask() == 0
                || canRename(table, field.kind(), pages) && !isSuspect(table, field)));
    }

    /**
     * Whether a field may be of pages without having been declared so: its table's entries, or its numbers, are called
     * pages. A part whose author did not think of renaming keeps a machine's pages apart.
     */
    private static boolean isSuspect(Layout.Table table, Layout.Field field) {
        boolean ofPages = table.count() > 1 && table.entries() == Layout.Entries.OTHER && isCalledPage(table.index());
        boolean isNumber = field.kind() instanceof Layout.Kind.Number || field.kind() instanceof Layout.Kind.Raw;
        return ofPages || isNumber && isCalledPage(field.name());
    }

    private static boolean isCalledPage(String name) {
        return name.contains("page") || name.contains("GPA") || name.contains("gpa") || name.contains("address");
    }

    private static boolean canRename(Layout.Table table, Layout.Kind kind, int pages) {
        boolean plain =
                switch (kind) {
                    case Layout.Kind.Truth _,Layout.Kind.Constant _,Layout.Kind.Number _,Layout.Kind.Raw _,Layout.Kind.Constants _ ->
                        true;
                    case Layout.Kind.Set set -> !set.ofFrames();
                    case Layout.Kind.FrameName _,Layout.Kind.PageName _,Layout.Kind.Pages _ -> false;
                };
        return switch (table.entries()) {
            case PAGES -> table.count() == pages && (plain || kind instanceof Layout.Kind.FrameName);
            case FRAMES -> !(kind instanceof Layout.Kind.Pages);
            case PAGES_AND_MORE -> table.count() == 1;
            case OTHER -> !(kind instanceof Layout.Kind.Pages) || pages <= Long.SIZE;
        };
    }

    /** The fields of a layout by what they name. */
    private static final class Fields {
        final List<Layout.Field> pagePlain = new ArrayList<>();
        final List<Layout.Field> framePlain = new ArrayList<>();
        final List<Own> framesOfPages = new ArrayList<>();
        final List<Own> framesOfFrames = new ArrayList<>();
        final List<Own> pagesOfFrames = new ArrayList<>();
        final List<Single> singleFrames = new ArrayList<>();
        final List<Single> singlePages = new ArrayList<>();
        final List<Single> pageSets = new ArrayList<>();
        private long salt;

        Fields(Layout layout, int pages) {
            for (Layout.Table table : layout.tables()) {
                for (Layout.Field field : table.fields()) {
                    if (table.count() > 0 && field.place(0).mask() != 0) {
                        sort(table, field, table.entries() == Layout.Entries.PAGES ? pages : table.count());
                    }
                }
            }
        }

        private void sort(Layout.Table table, Layout.Field field, int count) {
            salt = Fingerprint.mix(salt + 1);
            switch (field.kind()) {
                case Layout.Kind.FrameName() -> {
                    switch (table.entries()) {
                        case PAGES -> framesOfPages.add(own(field, count, 1, false));
                        case FRAMES -> framesOfFrames.add(own(field, count, 1, false));
                        case PAGES_AND_MORE, OTHER -> singles(singleFrames, field, count, 1, false);
                    }
                }
                case Layout.Kind.Set set when set.ofFrames() -> {
                    if (table.perFrame()) {
                        framesOfFrames.add(own(field, count, 0, true));
                    } else {
                        singles(singleFrames, field, count, 0, true);
                    }
                }
                case Layout.Kind.PageName(int first, var _) -> {
                    if (table.perFrame()) {
                        pagesOfFrames.add(own(field, count, first, false));
                    } else {
                        singles(singlePages, field, count, first, false);
                    }
                }
                case Layout.Kind.Pages() -> singles(pageSets, field, count, 0, true);
                case Layout.Kind.Truth _,Layout.Kind.Constant _,Layout.Kind.Number _,Layout.Kind.Raw _,Layout.Kind.Constants _,Layout.Kind.Set _ -> {
                    switch (table.entries()) {
                        case PAGES -> pagePlain.add(field);
                        case FRAMES -> framePlain.add(field);
                        case PAGES_AND_MORE, OTHER -> {}
                    }
                }
            }
        }

        private Own own(Layout.Field field, int count, int first, boolean set) {
            int[] at = new int[count];
            for (int i = 0; i < count; i++) {
                Layout.Place place = field.place(i);
                at[i] = place.word() << 6 | place.shift();
            }
            return new Own(at, field.place(0).mask(), first, set, salt);
        }

        private void singles(List<Single> into, Layout.Field field, int count, int first, boolean set) {
            for (int i = 0; i < count; i++) {
                Layout.Place place = field.place(i);
                salt = Fingerprint.mix(salt + 1);
                into.add(new Single(place.word(), place.shift(), place.mask(), first, set, salt));
            }
        }
    }

    /** The pages that are renamed, ascending. */
    int[] alike() {
        return alike.clone();
    }

    @Override
    public boolean mergesPages() {
        return true;
    }

    @Override
    public String renames() {
        return "pages %s renamed%s".formatted(
                Arrays.toString(alike), frameSymmetry == null ? "" : ", " + frameSymmetry.renames());
    }

    @Override
    public void canonicalise(State state) {
        long[] words = state.words();
        Work work = works.get();
        boolean ties = sort(words, work);
        if (name(work)) {
            rename(words, work);
        }
        if (!ties) {
            renameFrames(state);
            return;
        }
        System.arraycopy(words, 0, work.base, 0, words.length);
        renameFrames(state);
        if (!isSameUnderExchanges(words, work)) {
            new Orders(work, words).tryAll(0);
        }
    }

    /**
     * How many states {@code representative} stands for that differ from each other by more than names of frames: the
     * orders of alike pages, divided by those that lead to it again.
     */
    @Override
    public long size(State representative) {
        long[] words = representative.words();
        Work work = works.get();
        boolean ties = sort(words, work);
        long again = 1;
        for (int from = 0; from < alike.length;) {
            int end = endOfGroup(work, from);
            again *= factorial(end - from);
            from = end;
        }
        if (!ties) {
            return all / again;
        }
        // The representative's pages are in order, so that its words are those whose orders are to be tried.
        System.arraycopy(words, 0, work.base, 0, words.length);
        if (isSameUnderExchanges(words, work)) {
            return all / again;
        }
        Orders orders = new Orders(work, words.clone());
        orders.tryAll(0);
        long tried = orders.tried;
        return all / (again / tried * orders.same);
    }

    private static long factorial(int number) {
        long product = 1;
        for (int i = 2; i <= number; i++) {
            product *= i;
        }
        return product;
    }

    /** Exchanges the names of two alike pages, by their places among the alike. */
    void exchange(State state, int one, int other) {
        Work work = works.get();
        for (int i = 0; i < alike.length; i++) {
            work.nameOf[i] = i == one ? other : i == other ? one : i;
        }
        rename(state.words(), work);
    }

    private boolean isSameWith(State state, int one, int other) {
        State same = state.snapshot();
        renameFrames(same);
        State exchanged = state.snapshot();
        exchange(exchanged, one, other);
        renameFrames(exchanged);
        return Arrays.equals(same.words(), exchanged.words());
    }

    private void renameFrames(State state) {
        if (frameSymmetry != null) {
            frameSymmetry.canonicalise(state);
        }
    }

    // ---- signatures

    /** Signs and orders pages; answers whether two related ones have one signature. */
    private boolean sort(long[] words, Work work) {
        work.known = 0;
        signPages(words, work);
        boolean ties = order(work);
        if (ties) {
            refine(words, work);
            ties = order(work);
        }
        return ties;
    }

    /** The signature of a frame: asked of those that go with an alike page only, and computed once. */
    private long frame(int f, long[] words, Work work) {
        if ((work.known >>> f & 1) != 0) {
            return work.frame[f];
        }
        long told = 0;
        for (Segment segment : frameBits) {
            told = (told + segment.get(words, f)) * SCATTER;
        }
        for (Own field : framesOfFrames) {
            long bits = field.get(words, f);
            if (bits != 0) {
                told += field.salt * (field.set ? 4 + Long.bitCount(bits) : bits - 1 == f ? 1 : 2);
            }
        }
        for (Own field : pagesOfFrames) {
            long bits = field.get(words, f);
            told += field.salt * (index(bits - field.first) < 0 ? bits + 1 : -1);
        }
        for (Single single : singleFrames) {
            long bits = single.get(words);
            boolean named = single.set ? (bits >>> f & 1) != 0 : bits == f + 1;
            told += named ? single.salt : 0;
        }
        for (Own field : framesOfPages) {
            for (int p : apart) {
                told += field.get(words, p) == f + 1 ? field.salt * (p + 1) : 0;
            }
        }
        long signature = Fingerprint.mix(told);
        work.frame[f] = signature;
        work.known |= 1L << f;
        return signature;
    }

    private void signPages(long[] words, Work work) {
        long[] page = work.page;
        long related = 0;
        for (int i = 0; i < alike.length; i++) {
            long told = 0;
            for (Segment segment : pageBits) {
                told = (told + segment.get(words, alike[i])) * SCATTER;
            }
            page[i] = Fingerprint.mix(told);
        }
        for (Own field : framesOfPages) {
            for (int i = 0; i < alike.length; i++) {
                int named = (int) field.get(words, alike[i]) - 1;
                if (named >= 0) {
                    page[i] += Fingerprint.mix(field.salt + frame(named, words, work));
                    related |= 1L << i;
                }
            }
        }
        for (Own field : pagesOfFrames) {
            for (int f = 0; f < frames; f++) {
                int i = index(field.get(words, f) - field.first);
                if (i >= 0) {
                    page[i] += Fingerprint.mix(~field.salt + frame(f, words, work));
                    related |= 1L << i;
                }
            }
        }
        for (Single single : singlePages) {
            int i = index(single.get(words) - single.first);
            if (i >= 0) {
                page[i] += single.salt;
            }
        }
        for (Single set : pageSets) {
            long bits = set.get(words);
            for (int i = 0; i < alike.length; i++) {
                page[i] += (bits >>> alike[i] & 1) * set.salt;
            }
        }
        work.related = related;
    }

    private void readPages(long[] words, Work work) {
        Arrays.fill(work.pageKeys, 0);
        for (int i = 0; i < alike.length; i++) {
            for (Segment segment : pageBits) {
                segment.read(words, alike[i], work.pageKeys, i * pageKeyWords);
            }
        }
    }

    /** Tells frames of the pages they go with, and pages of these frames. */
    private void refine(long[] words, Work work) {
        for (int f = 0; f < frames; f++) {
            work.refined[f] = frame(f, words, work);
        }
        long[] frame = work.frame;
        long[] refined = work.refined;
        for (Own field : framesOfPages) {
            for (int i = 0; i < alike.length; i++) {
                int named = (int) field.get(words, alike[i]) - 1;
                if (named >= 0) {
                    refined[named] += Fingerprint.mix(field.salt + work.page[i]);
                }
            }
        }
        for (Own field : pagesOfFrames) {
            for (int f = 0; f < frames; f++) {
                int i = index(field.get(words, f) - field.first);
                if (i >= 0) {
                    refined[f] += Fingerprint.mix(field.salt + work.page[i]);
                }
            }
        }
        for (Own field : framesOfFrames) {
            for (int f = 0; f < frames; f++) {
                long bits = field.get(words, f);
                for (long rest = field.set || bits == 0 ? bits : 1L << bits - 1; rest != 0; rest &= rest - 1) {
                    int named = Long.numberOfTrailingZeros(rest);
                    refined[f] += Fingerprint.mix(field.salt + frame[named]);
                    refined[named] += Fingerprint.mix(~field.salt + frame[f]);
                }
            }
        }
        System.arraycopy(refined, 0, frame, 0, frames);
        signPages(words, work);
    }

    /** The place of {@code page} among the alike; negative where it is none of them. */
    private int index(long page) {
        return page >= 0 && page < indexOf.length ? indexOf[(int) page] : -1;
    }

    /** Sorts alike pages by signature; answers whether two that are related have the same. */
    private boolean order(Work work) {
        int[] order = work.order;
        long[] page = work.page;
        boolean ties = false;
        for (int i = 0; i < alike.length; i++) {
            int at = i;
            while (at > 0 && page[order[at - 1]] > page[i]) {
                order[at] = order[at - 1];
                at--;
            }
            ties |= at > 0 && page[order[at - 1]] == page[i] && (work.related >>> i & 1) != 0;
            order[at] = i;
        }
        return ties;
    }

    /** Where the group ends of pages with the signature of the one that is {@code from}th in order. */
    private int endOfGroup(Work work, int from) {
        int end = from + 1;
        while (end < alike.length && work.page[work.order[end]] == work.page[work.order[from]]) {
            end++;
        }
        return end;
    }

    private boolean isRelated(Work work, int place) {
        return (work.related >>> work.order[place] & 1) != 0;
    }

    // ---- names

    private boolean name(Work work) {
        boolean differs = false;
        for (int i = 0; i < alike.length; i++) {
            work.nameOf[work.order[i]] = i;
            differs |= work.order[i] != i;
        }
        return differs;
    }

    /** Gives each alike page, by its place among them, the name of the one at {@code work.nameOf}. */
    private void rename(long[] words, Work work) {
        int[] nameOf = work.nameOf;
        readPages(words, work);
        for (Segment segment : pageBits) {
            for (int p : alike) {
                words[segment.word()[p]] &= ~segment.mask()[p];
            }
            for (int i = 0; i < alike.length; i++) {
                segment.write(words, alike[nameOf[i]], work.pageKeys, i * pageKeyWords);
            }
        }
        for (Own field : framesOfPages) {
            for (int i = 0; i < alike.length; i++) {
                work.values[i] = field.get(words, alike[i]);
            }
            for (int i = 0; i < alike.length; i++) {
                field.put(words, alike[nameOf[i]], work.values[i]);
            }
        }
        for (Own field : pagesOfFrames) {
            for (int f = 0; f < frames; f++) {
                int i = index(field.get(words, f) - field.first);
                if (i >= 0) {
                    field.put(words, f, field.first + alike[nameOf[i]]);
                }
            }
        }
        for (Single single : singlePages) {
            int i = index(single.get(words) - single.first);
            if (i >= 0) {
                single.put(words, single.first + alike[nameOf[i]]);
            }
        }
        for (Single set : pageSets) {
            long bits = set.get(words);
            long renamed = bits;
            for (int i = 0; i < alike.length; i++) {
                int to = alike[nameOf[i]];
                renamed = renamed & ~(1L << to) | (bits >>> alike[i] & 1) << to;
            }
            set.put(words, renamed);
        }
    }

    // ---- orders

    /** Whether exchanging neighbours of one signature in the base leads to {@code words} again, frames renamed. */
    private boolean isSameUnderExchanges(long[] words, Work work) {
        for (int place = 0; place + 1 < alike.length; place++) {
            if (work.page[work.order[place]] == work.page[work.order[place + 1]] && isRelated(work, place)) {
                long[] trial = work.trial.words();
                System.arraycopy(work.base, 0, trial, 0, trial.length);
                exchange(work.trial, place, place + 1);
                renameFrames(work.trial);
                if (!Arrays.equals(trial, words)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Tries every order of related pages of one signature; the least words are left in {@code best}. */
    private final class Orders {
        private final Work work;
        private final long[] best;
        private final long[] first;
        private final int[] placeOf;
        private long tried;
        private long same;

        Orders(Work work, long[] best) {
            this.work = work;
            this.best = best;
            this.first = best.clone();
            placeOf = new int[alike.length];
            Arrays.setAll(placeOf, i -> i);
        }

        void tryAll(int from) {
            if (from == alike.length) {
                tryOne();
                return;
            }
            int end = from + 1;
            while (end < alike.length
                    && isRelated(work, from)
                    && work.page[work.order[end]] == work.page[work.order[from]]) {
                end++;
            }
            for (int other = from; other < end; other++) {
                exchange(from, other);
                tryAll(from + 1);
                exchange(from, other);
            }
        }

        private void exchange(int a, int b) {
            int place = placeOf[a];
            placeOf[a] = placeOf[b];
            placeOf[b] = place;
        }

        private void tryOne() {
            long[] trial = work.trial.words();
            System.arraycopy(work.base, 0, trial, 0, trial.length);
            System.arraycopy(placeOf, 0, work.nameOf, 0, placeOf.length);
            rename(trial, work);
            renameFrames(work.trial);
            tried++;
            same += Arrays.equals(trial, first) ? 1 : 0;
            if (Arrays.compare(trial, best) < 0) {
                System.arraycopy(trial, 0, best, 0, trial.length);
            }
        }
    }
}
