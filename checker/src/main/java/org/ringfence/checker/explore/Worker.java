package org.ringfence.checker.explore;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Fingerprint;
import org.ringfence.machine.state.State;

/**
 * What one thread needs to expand states: a state to move in, and for each group the successors found in this round, as
 * {@code [fingerprint, reference, words...]}, where exact states do without the words. A reference is the parent's
 * place in the round and the move's ordinal.
 */
final class Worker {
    /** Groups of fingerprints, by their topmost bits. */
    static final int GROUP_BITS = 5;

    static final int GROUPS = 1 << GROUP_BITS;

    /**
     * Successors that are gathered before they are filed: enough for the loops that do it, few enough to stay in the
     * nearest cache.
     */
    private static final int GATHERED = 1_024;

    private static final int RECENT_BITS = 13;
    private static final int RAW_BITS = 14;

    final Model model;
    final State state;
    final Successors successors;
    final long[][] found = new long[GROUPS][];
    final int[] foundLength = new int[GROUPS];
    final int entry;
    final boolean exact;
    final int width;
    private final Recent recent;

    /** Successors as they were before they were renamed. */
    private final Recent raw;

    /** Software whose points are learned as the search meets them. */
    private final List<SoftwareMover> lazy = new ArrayList<>();
    private final @Nullable State canonical;
    private final State keyless;

    private long watched;
    long transitions;

    /** States that the states found stand for, where they stand for more than one. */
    long represented;

    long seen;
    List<Breach> breaches = new ArrayList<>();
    int level;

    Worker(Model model) {
        this.model = model;
        this.state = model.initial().snapshot();
        this.successors = new Successors(state);
        this.exact = model.isExact();
        this.width = model.layout().words();
        this.entry = exact ? 2 : 2 + width;
        this.canonical = model.symmetry() == null ? null : state.snapshot();
        this.keyless = state.snapshot();
        Arrays.setAll(found, g -> new long[16 * entry]);
        watch(model.watched());
        for (SoftwareMover mover : model.software()) {
            if (!mover.software().isComplete()) {
                lazy.add(mover);
            }
        }
        raw = new Recent(RAW_BITS, Fingerprint.of(model.initial().words()));
        long[] initial = model.initial().words().clone();
        long fingerprint = represent(initial, 0);
        recent = new Recent(RECENT_BITS, exact && canonical == null ? initial[0] : fingerprint);
    }

    /** Which marks make a breach from now on. */
    void watch(long marks) {
        watched = marks;
        successors.watch(marks);
    }

    /** Tells that all moves of a state were taken; now and then what was gathered is filed. */
    void gathered() {
        if (successors.taken() > Successors.MOST) {
            throw new TooManyMoves(successors.taken());
        }
        if (successors.gathered() >= GATHERED) {
            file();
        }
    }

    /** Files the successors gathered so far. */
    void file() {
        int count = successors.gathered();
        if (exact && canonical == null) {
            fileExact(successors.words(), successors.references(), count);
        } else {
            fileRepresented(successors.words(), successors.references(), count);
        }
        successors.begin();
    }

    private void fileRepresented(long[] words, long[] references, int count) {
        for (int i = 0; i < count; i++) {
            // Two thirds of all successors were successors of a state nearby, and need no name once more.
            if (canonical != null && raw.has(Fingerprint.of(words, i * width, width))) {
                continue;
            }
            long fingerprint = represent(words, i * width);
            if (recent.has(fingerprint)) {
                continue;
            }
            int group = (int) (fingerprint >>> 64 - GROUP_BITS);
            int at = foundLength[group];
            long[] buffer = found[group];
            if (at == buffer.length) {
                buffer = found[group] = Arrays.copyOf(buffer, 2 * at);
            }
            buffer[at] = fingerprint;
            buffer[at + 1] = references[i];
            if (!exact) {
                System.arraycopy(words, i * width, buffer, at + 2, width);
            }
            foundLength[group] = at + entry;
        }
    }

    /**
     * As {@link #fileRepresented} for states of one word, in two short loops; none branches on what was seen just now.
     */
    private void fileExact(long[] words, long[] references, int count) {
        int kept = recent.drop(words, references, count);
        int[] lengths = foundLength;
        for (int i = 0; i < kept; i++) {
            long fingerprint = Fingerprint.mix(words[i]);
            int group = (int) (fingerprint >>> 64 - GROUP_BITS);
            int at = lengths[group];
            long[] buffer = found[group];
            if (at == buffer.length) {
                buffer = found[group] = Arrays.copyOf(buffer, 2 * at);
            }
            buffer[at] = fingerprint;
            buffer[at + 1] = references[i];
            lengths[group] = at + 2;
        }
    }

    /** How many states a representative is counted for. */
    long size(State representative) {
        return model.symmetry() == null ? 1 : model.symmetry().size(representative);
    }

    /** Renames the words at {@code at} canonically, in place, and answers their fingerprint. */
    long represent(long[] words, int at) {
        if (canonical != null) {
            long[] its = canonical.words();
            System.arraycopy(words, at, its, 0, width);
            java.util.Objects.requireNonNull(model.symmetry()).canonicalise(canonical);
            System.arraycopy(its, 0, words, at, width);
        }
        if (exact) {
            return Fingerprint.mix(words[at]);
        }
        if (lazy.isEmpty()) {
            return Fingerprint.of(words, at, width);
        }
        long[] hashed = keyless.words();
        System.arraycopy(words, at, hashed, 0, width);
        long keys = 0;
        for (SoftwareMover mover : lazy) {
            Bounded point = mover.point();
            int actor = mover.actor().index();
            keys = Fingerprint.combine(keys, mover.software().key(point.get(keyless, actor)));
            point.set(keyless, actor, 0);
        }
        return keys == 0 ? Fingerprint.of(hashed) : Fingerprint.mix(Fingerprint.combine(Fingerprint.of(hashed), keys));
    }

    /** Files the breaches of the state at {@code place}; {@code stateMarks} are those of the state itself. */
    void fileBreaches(int place, long stateMarks) {
        if (stateMarks != 0) {
            seen |= stateMarks;
            long broken = stateMarks & watched;
            if (broken != 0) {
                long[] words = state.words().clone();
                breaches.add(new Breach(broken, level, represent(words, 0), place, Breach.STATE));
            }
        }
        for (int i = 0; i < successors.breaches(); i++) {
            long[] words = Arrays.copyOfRange(successors.breachWords(), i * width, (i + 1) * width);
            breaches.add(new Breach(
                    successors.breachMarks(i),
                    level + 1,
                    represent(words, 0),
                    place,
                    successors.breachOrdinal(i)));
        }
    }

    /** The marks of a state in which nothing can move. */
    long stuck() {
        return model.someoneIsUnderWay(state) ? Property.AVAILABILITY.broken() : 0;
    }

    /** A breach that was met: which marks, how many moves from the beginning, and where. */
    record Breach(long marks, int length, long fingerprint, long place, int ordinal) implements Comparable<Breach> {
        void tell(DataOutputStream out) throws IOException {
            out.writeLong(marks);
            out.writeInt(length);
            out.writeLong(fingerprint);
            out.writeLong(place);
            out.writeInt(ordinal);
        }

        /** What {@link #tell} told. */
        static Breach told(DataInputStream in) throws IOException {
            return new Breach(in.readLong(), in.readInt(), in.readLong(), in.readLong(), in.readInt());
        }

        /** The ordinal of a breach by the state itself. */
        static final int STATE = -1;

        @Override
        public int compareTo(Breach other) {
            int order = Integer.compare(length, other.length);
            if (order == 0) {
                order = Long.compareUnsigned(fingerprint, other.fingerprint);
            }
            if (order == 0) {
                order = Long.compare(place, other.place);
            }
            return order != 0 ? order : Integer.compare(ordinal, other.ordinal);
        }

        /** The same breach, its place counted from the first state of all and not from the round's. */
        Breach withState(long roundFirst) {
            return new Breach(marks, length, fingerprint, roundFirst + place, ordinal);
        }
    }
}
