package org.ringfence.machine.operation;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.state.State;

/**
 * Collects the successors of one state, or of several, one after the other. Whoever moves changes the state in place,
 * calls {@link #take} and finds the state as it was.
 *
 * <p>A move that changes nothing is counted and dropped. Every move has an ordinal, its place in the order of taking,
 * by which it is found again: the order is a function of the state alone.
 */
public final class Successors {
    /** Moves of one state at most: an ordinal has 16 bits in the log of parents. */
    public static final int MOST = 1 << 16;

    private final State state;
    private final int width;
    private final long[] parent;
    private long[] words;
    private long[] references;
    private int count;
    private int first;
    private long origin;
    private int taken;
    private int takenBySource;
    private long watched;
    private long seen;
    private int breaches;
    private int[] breachOrdinals = new int[4];
    private long[] breachMarks = new long[4];
    private long[] breachWords;
    private int source;
    private final BitSet moved = new BitSet();
    private int wanted = -1;
    private int wantedSource;
    private int wantedArguments;
    private long wantedMarks;
    private long @Nullable [] wantedWords;

    /** For successors of {@code state}, whose words are packed. */
    public Successors(State state) {
        this.state = state;
        this.width = state.words().length;
        this.parent = new long[width];
        this.words = new long[64 * width];
        this.references = new long[64];
        this.breachWords = new long[4 * width];
    }

    /** Begins with the state as it is now, and forgets all successors collected before. */
    public void begin() {
        count = 0;
        next(0);
    }

    /** Goes on with the state as it is now, whose moves are referred to by {@code place} and their ordinal. */
    public void next(long place) {
        noteSource();
        takenBySource = 0;
        first = count;
        origin = place << 16;
        if (width == 1) {
            parent[0] = state.words()[0];
        } else {
            System.arraycopy(state.words(), 0, parent, 0, width);
        }
        taken = 0;
        breaches = 0;
        state.forgetObserved();
    }

    /** Copies the words of the state whose successors are being taken. */
    public void copyParent(long[] into) {
        System.arraycopy(parent, 0, into, 0, width);
    }

    /** Says who moves next: an index of the caller's own. */
    public void source(int source) {
        noteSource();
        takenBySource = taken;
        this.source = source;
    }

    private void noteSource() {
        if (taken > takenBySource) {
            moved.set(source);
        }
    }

    /** Takes the state as it has become for a successor, and makes it what it was. */
    public void take(int arguments) {
        long[] now = state.words();
        int ordinal = taken++;
        long marks = state.observed();
        if (marks != 0) {
            mark(ordinal, marks);
        }
        if (ordinal == wanted) {
            wantedSource = source;
            wantedArguments = arguments;
            wantedMarks = marks;
            wantedWords = now.clone();
        }
        if (width == 1) {
            long before = parent[0];
            if (now[0] != before) {
                room();
                words[count] = now[0];
                references[count++] = origin + ordinal;
                now[0] = before;
            }
        } else {
            takeWide(now, ordinal);
        }
    }

    /**
     * Takes the state where a call succeeded; where it failed, only if the state is another: most calls that fail leave
     * it alone.
     */
    public void end(int arguments, boolean succeeded) {
        if (succeeded || isChanged()) {
            take(arguments);
        } else {
            state.forgetObserved();
        }
    }

    private boolean isChanged() {
        long[] now = state.words();
        for (int i = 0; i < width; i++) {
            if (now[i] != parent[i]) {
                return true;
            }
        }
        return false;
    }

    private void takeWide(long[] now, int ordinal) {
        for (int i = 0; i < width; i++) {
            if (now[i] != parent[i]) {
                room();
                System.arraycopy(now, 0, words, count * width, width);
                references[count++] = origin + ordinal;
                System.arraycopy(parent, 0, now, 0, width);
                return;
            }
        }
    }

    private void room() {
        if (count == references.length) {
            references = Arrays.copyOf(references, 2 * count);
            words = Arrays.copyOf(words, 2 * count * width);
        }
    }

    private void mark(int ordinal, long marks) {
        seen |= marks;
        state.forgetObserved();
        if ((marks & watched) != 0) {
            if (breaches == breachOrdinals.length) {
                breachOrdinals = Arrays.copyOf(breachOrdinals, 2 * breaches);
                breachMarks = Arrays.copyOf(breachMarks, 2 * breaches);
                breachWords = Arrays.copyOf(breachWords, 2 * breaches * width);
            }
            System.arraycopy(state.words(), 0, breachWords, breaches * width, width);
            breachOrdinals[breaches] = ordinal;
            breachMarks[breaches++] = marks & watched;
        }
    }

    /** Restores the state without taking it, for a mover that changed it in vain. */
    public void drop() {
        System.arraycopy(parent, 0, state.words(), 0, width);
        state.forgetObserved();
    }

    /** Which marks make a move a breach; only the bits of broken properties, not those of exercised ones. */
    public void watch(long marks) {
        this.watched = marks;
    }

    /** Every source that ever moved. */
    public BitSet movedSources() {
        noteSource();
        return BitSet.valueOf(moved.toLongArray());
    }

    /** Looks out for the move with this ordinal from now on; -1 for none. */
    public void want(int ordinal) {
        this.wanted = ordinal;
    }

    /** The {@link #source} of the wanted move. */
    public int wantedSource() {
        return wantedSource;
    }

    /** The arguments of the wanted move. */
    public int wantedArguments() {
        return wantedArguments;
    }

    /** The marks that the wanted move left. */
    public long wantedMarks() {
        return wantedMarks;
    }

    /** The words after the wanted move; null when no state so far had such a move. */
    public long @Nullable [] wantedWords() {
        return wantedWords;
    }

    /** Successors of the state that differ from it. */
    public int count() {
        return count - first;
    }

    /** Successors of all states since {@link #begin()}. */
    public int gathered() {
        return count;
    }

    /** For each successor of all states, its state's place times 2^16, and the ordinal of the move. */
    public long[] references() {
        return references;
    }

    /** All moves, those that changed nothing included. */
    public int taken() {
        return taken;
    }

    /** Words of the successors of all states, one after the other. */
    public long[] words() {
        return words;
    }

    /** The move that led to successor {@code index}. */
    public int ordinal(int index) {
        return (int) (references[index] & MOST - 1);
    }

    /** All marks seen since the beginning, over all states. */
    public long seen() {
        return seen;
    }

    /** Moves of this state that left a watched mark. */
    public int breaches() {
        return breaches;
    }

    /** The ordinal of a breach. */
    public int breachOrdinal(int index) {
        return breachOrdinals[index];
    }

    /** The watched marks of a breach. */
    public long breachMarks(int index) {
        return breachMarks[index];
    }

    /** Words of the states that the breaches led to, one after the other. */
    public long[] breachWords() {
        return breachWords;
    }
}
