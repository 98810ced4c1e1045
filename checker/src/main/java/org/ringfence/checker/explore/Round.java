package org.ringfence.checker.explore;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.state.Fingerprint;

/**
 * The states that were seen, and how a round of at most 2^16 states finds more of them.
 *
 * <p>Fingerprints fall into groups by their topmost bits, and each group has its own segment of the table. First the
 * threads expand pieces of the round, whoever is free the next one, and file what they find by group; then each group
 * is taken by one thread, which enters what was found into the group's segment, piece by piece in the order of the
 * frontier; last the new states are appended to the next level in the order of their parents, each thread those of a
 * stretch of parents. So no word is written by two threads, nothing is locked, and which parent a state gets, where it
 * stands in the next level, and hence every trace, is the same with one thread or many. Entering also has what a
 * random-access table wants: many probes known at once, all in one segment.
 */
final class Round implements AutoCloseable {
    /** States of a piece: few enough that nobody waits long for who has the last one. */
    private static final int PIECE = 2_048;

    private static final int PIECES = ParentLog.ROUND / PIECE;
    private static final int TOUCHED = 32;
    private static final int RECENT_BITS = 12;

    /** States of which every one is tried whether its pages are alike. */
    private static final int ALL_TRIED = 512;

    private final Expander expander;
    private final Team team;
    private final Worker[] workers;
    private final int entry;
    private final boolean exact;
    private final int width;
    private final boolean wide;

    private final FingerprintSet[] table = new FingerprintSet[Worker.GROUPS];
    private final Recent[] recent = new Recent[Worker.GROUPS];

    /** Who expanded a piece, and where in its buffers, by group, what it found there begins and ends. */
    private final Worker[] owner = new Worker[PIECES];
    private final int[][] begin = new int[PIECES][Worker.GROUPS];
    private final int[][] end = new int[PIECES][Worker.GROUPS];
    private int pieces;

    /** What was new, by group, in the order of parents. */
    private final long[][] fresh = new long[Worker.GROUPS][0];
    private final int[] freshLength = new int[Worker.GROUPS];
    private final int[] at = new int[ParentLog.ROUND];

    /** Where in a group's new entries each thread's stretch begins. */
    private final int[][] stretch;

    private final AtomicInteger nextPiece = new AtomicInteger();
    private final AtomicInteger nextGroup = new AtomicInteger();
    private final BooleanSupplier goOn;
    private final PageCheck @Nullable [] checks;
    /** Fingerprints and tags of the new states in the order in which they are appended, where they are kept on disk. */
    private final @Nullable OffHeap inOrder;
    private final @Nullable OffHeap tagsInOrder;
    private volatile boolean full;
    private volatile boolean givenUp;

    /**
     * Of no states.
     *
     * @param most states that can be seen
     * @param wide whether 16 more bits of a state are compared
     * @param kept whether fingerprints and tags of what is appended are told of
     * @param goOn asked between pieces by the calling thread; false gives the round up
     */
    Round(Model model, Team team, Worker[] workers, long most, boolean wide, boolean kept, BooleanSupplier goOn) {
        this.goOn = goOn;
        inOrder = kept ? new OffHeap(most * Long.BYTES) : null;
        tagsInOrder = kept ? new OffHeap(most * Short.BYTES) : null;
        this.expander = Expansion.forModel(model);
        this.team = team;
        this.workers = workers;
        this.wide = wide;
        entry = workers[0].entry;
        exact = workers[0].exact;
        width = workers[0].width;
        stretch = new int[workers.length + 1][Worker.GROUPS];
        checks = model.symmetry() instanceof PageSymmetry pages ? checks(model, pages, workers.length) : null;
        for (int g = 0; g < table.length; g++) {
            recent[g] = new Recent(RECENT_BITS, (g ^ 1L) << Long.SIZE - Worker.GROUP_BITS);
            table[g] = new FingerprintSet(Worker.GROUP_BITS, most / Worker.GROUPS * 9 / 8 + ParentLog.ROUND, wide);
        }
    }

    private static PageCheck[] checks(Model model, PageSymmetry pages, int members) {
        PageCheck[] checks = new PageCheck[members];
        Arrays.setAll(checks, member -> new PageCheck(model, pages));
        return checks;
    }

    /** Enters the first state, whose words are renamed canonically. */
    void enterInitial(long[] words) {
        reserveInOrder(1);
        long fingerprint = workers[0].represent(words, 0);
        table[(int) (fingerprint >>> Long.SIZE - Worker.GROUP_BITS)].add(fingerprint, tag(words, 0, words.length));
        if (inOrder != null) {
            OffHeap.putLong(inOrder.address(), fingerprint);
            OffHeap.putShort(tagsInOrder().address(), tag(words, 0, words.length));
        }
        if (checks != null) {
            weigh(0, fingerprint, words);
        }
    }

    /**
     * Expands the {@code states} states from {@code address} on and enters what they lead to; answers how many states
     * are new.
     */
    int expand(long address, int states) {
        pieces = (states + PIECE - 1) / PIECE;
        nextPiece.set(0);
        nextGroup.set(0);
        if (pieces == 1 || workers.length == 1) {
            expandPieces(0, address, states);
            if (!givenUp) {
                enterGroups(0);
            }
        } else {
            team.perform(member -> expandPieces(member, address, states));
            if (!givenUp) {
                team.perform(this::enterGroups);
            }
        }
        if (givenUp) {
            return 0;
        }
        int all = 0;
        for (int length : freshLength) {
            all += length / entry;
        }
        return all;
    }

    private void expandPieces(int member, long address, int states) {
        for (int p = nextPiece.getAndIncrement(); p < pieces && !givenUp; p = nextPiece.getAndIncrement()) {
            expandPiece(p, workers[member], address, p * PIECE, Math.min(PIECE, states - p * PIECE));
            if (member == 0 && !goOn.getAsBoolean()) {
                givenUp = true;
            }
        }
    }

    /** Whether the round was left before all its states were expanded; then the search is over. */
    boolean isGivenUp() {
        return givenUp;
    }

    private void expandPiece(int piece, Worker worker, long address, int from, int states) {
        owner[piece] = worker;
        System.arraycopy(worker.foundLength, 0, begin[piece], 0, Worker.GROUPS);
        try {
            expander.expand(worker, address + (long) from * width * Long.BYTES, states, from);
        } catch (RuntimeException | AssertionError thrown) {
            throw BrokenStep.of(worker.state, worker.successors, thrown);
        }
        System.arraycopy(worker.foundLength, 0, end[piece], 0, Worker.GROUPS);
    }

    private void enterGroups(int member) {
        for (int g = nextGroup.getAndIncrement(); g < Worker.GROUPS; g = nextGroup.getAndIncrement()) {
            enter(g);
        }
    }

    /** Enters what was found for a group, in the order of the frontier; what was new is kept with {@code fresh}. */
    private void enter(int group) {
        int more = 0;
        for (int p = 0; p < pieces; p++) {
            if (!wide) {
                end[p][group] = recent[group].drop(owner[p].found[group], begin[p][group], end[p][group], entry);
            }
            more += end[p][group] - begin[p][group];
        }
        for (Worker worker : workers) {
            worker.foundLength[group] = 0;
        }
        freshLength[group] = 0;
        FingerprintSet set = table[group];
        if (!set.canHold(more / entry)) {
            full = true;
            return;
        }
        set.reserve(more / entry);
        if (fresh[group].length < more) {
            fresh[group] = new long[more + more / 4];
        }
        int count = 0;
        for (int p = 0; p < pieces; p++) {
            count = enter(set, owner[p].found[group], begin[p][group], end[p][group], fresh[group], count);
        }
        freshLength[group] = count;
    }

    private int enter(FingerprintSet set, long[] buffer, int from, int to, long[] itsFresh, int count) {
        int length = count;
        int touched = Math.min(to, from + TOUCHED * entry);
        set.touch(buffer, from, touched, entry);
        for (int block = from; block < to; block += TOUCHED * entry) {
            int blockEnd = touched;
            touched = Math.min(to, blockEnd + TOUCHED * entry);
            set.touch(buffer, blockEnd, touched, entry);
            length = wide
                    ? addWide(set, buffer, block, blockEnd, itsFresh, length)
                    : set.add(buffer, block, blockEnd, entry, itsFresh, length);
        }
        return length;
    }

    private int addWide(FingerprintSet set, long[] buffer, int from, int to, long[] itsFresh, int count) {
        int length = count;
        for (int i = from; i < to; i += entry) {
            if (set.add(buffer[i], tag(buffer, i + 2, entry - 2))) {
                System.arraycopy(buffer, i, itsFresh, length, entry);
                length += entry;
            }
        }
        return length;
    }

    /** 16 bits of the words that the fingerprint does not determine. */
    private static short tag(long[] words, int from, int count) {
        long hash = 0x5851F42D4C957F2DL;
        for (int w = from; w < from + count; w++) {
            hash = (hash ^ words[w]) * 0xD6E8FEB86659FD93L;
            hash ^= hash >>> 32;
        }
        return (short) hash;
    }

    /**
     * Writes the new states of the round just expanded, in the order of their parents: neighbours have much in common.
     *
     * @param states of the round
     * @param words where the new states go
     * @param log where, for each, the parent's place and the move's ordinal go
     */
    void append(int states, long words, long log) {
        reserveInOrder(Arrays.stream(freshLength).sum() / entry);
        if (pieces == 1) {
            Arrays.fill(stretch[0], 0);
            System.arraycopy(freshLength, 0, stretch[1], 0, Worker.GROUPS);
            append(0, 0, states, words, log);
            return;
        }
        int members = workers.length;
        for (int member = 0; member <= members; member++) {
            for (int g = 0; g < Worker.GROUPS; g++) {
                stretch[member][g] = firstOf(g, parent(member, states));
            }
        }
        team.perform(member -> append(member, parent(member, states), parent(member + 1, states), words, log));
    }

    /** The first parent of a thread's stretch. */
    private int parent(int member, int states) {
        return (int) ((long) states * member / workers.length);
    }

    /** Where the group's new entries of {@code parent} and later ones begin. */
    private int firstOf(int group, int parent) {
        long[] its = fresh[group];
        int low = 0;
        int high = freshLength[group] / entry;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (its[middle * entry + 1] >>> 16 < parent) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low * entry;
    }

    private void append(int member, int firstParent, int endParent, long words, long log) {
        Arrays.fill(at, firstParent, endParent, 0);
        int before = 0;
        for (int g = 0; g < Worker.GROUPS; g++) {
            long[] its = fresh[g];
            before += stretch[member][g] / entry;
            for (int i = stretch[member][g]; i < stretch[member + 1][g]; i += entry) {
                at[(int) (its[i + 1] >>> 16)]++;
            }
        }
        for (int p = firstParent; p < endParent; p++) {
            int its = at[p];
            at[p] = before;
            before += its;
        }
        for (int g = 0; g < Worker.GROUPS; g++) {
            long[] its = fresh[g];
            for (int i = stretch[member][g]; i < stretch[member + 1][g]; i += entry) {
                long reference = its[i + 1];
                long place = at[(int) (reference >>> 16)]++;
                OffHeap.putInt(log + place * Integer.BYTES, (int) reference);
                if (exact) {
                    OffHeap.putLong(words + place * Long.BYTES, Fingerprint.unmix(its[i]));
                } else {
                    for (int w = 0; w < width; w++) {
                        OffHeap.putLong(words + (place * width + w) * Long.BYTES, its[i + 2 + w]);
                    }
                }
                if (inOrder != null) {
                    OffHeap.putLong(inOrder.address() + place * Long.BYTES, its[i]);
                    OffHeap.putShort(tagsInOrder().address() + place * Short.BYTES, tag(its, i + 2, entry - 2));
                }
                if (checks != null) {
                    weigh(member, its, i);
                }
            }
        }
    }

    private void reserveInOrder(int states) {
        if (inOrder != null) {
            inOrder.ensure((long) states * Long.BYTES);
            tagsInOrder().ensure((long) states * Short.BYTES);
        }
    }

    private OffHeap tagsInOrder() {
        return Objects.requireNonNull(tagsInOrder);
    }

    /** Where the fingerprints of what was appended last are, in order. */
    long fingerprints() {
        return Objects.requireNonNull(inOrder).address();
    }

    /** Where their tags are. */
    long tags() {
        return tagsInOrder().address();
    }

    /** Enters a state that was found by a search that goes on. */
    void enter(long fingerprint, short tag) {
        FingerprintSet set = table[(int) (fingerprint >>> Long.SIZE - Worker.GROUP_BITS)];
        set.reserve(1);
        set.add(fingerprint, tag);
    }

    private void weigh(int member, long[] its, int at) {
        long[] words = exact ? new long[] {Fingerprint.unmix(its[at])} : Arrays.copyOfRange(its, at + 2, at + entry);
        weigh(member, its[at], words);
    }

    /** Counts a new state for those that it stands for, and now and then tries whether it does. */
    private void weigh(int member, long fingerprint, long[] words) {
        Worker worker = workers[member];
        System.arraycopy(words, 0, worker.state.words(), 0, width);
        worker.represented += worker.size(worker.state);
        if (worker.represented <= ALL_TRIED || PageCheck.isTried(fingerprint)) {
            Objects.requireNonNull(checks)[member].attempt(worker.state);
        }
    }

    /** Whether a segment of the table could not take what was found, and the search cannot go on. */
    boolean isFull() {
        return full;
    }

    /** States seen. */
    long states() {
        long states = 0;
        for (FingerprintSet set : table) {
            states += set.size();
        }
        return states;
    }

    /** Bytes of the table. */
    long bytes() {
        long bytes = 0;
        for (FingerprintSet set : table) {
            bytes += set.bytes();
        }
        return bytes;
    }

    @Override
    public void close() {
        for (FingerprintSet set : table) {
            set.close();
        }
        if (inOrder != null) {
            inOrder.close();
            tagsInOrder().close();
        }
    }
}
