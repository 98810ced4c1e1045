package org.ringfence.checker.explore;

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
 * {@code [fingerprint, reference, words...]}, where exact states do without the words. A reference is the parent's place in the round
 * and the move's ordinal.
 */
final class Worker {
    /** Groups of fingerprints, by their topmost bits. */
    static final int GROUP_BITS = 5;

    static final int GROUPS = 1 << GROUP_BITS;

    private static final int RECENT_BITS = 16;
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    final Model model;
    final State state;
    final Successors successors;
    final FingerprintSet.Scratch scratch = new FingerprintSet.Scratch();
    final long[][] found = new long[GROUPS][];
    final int[] foundLength = new int[GROUPS];
    final int entry;
    final boolean exact;
    final int width;
    private final long[] recent = new long[1 << RECENT_BITS];
    private final @Nullable State canonical;
    private final State keyless;

    private long watched;
    long transitions;
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
        long[] initial = model.initial().words().clone();
        long fingerprint = represent(initial, 0);
        Arrays.fill(recent, exact && canonical == null ? initial[0] : fingerprint);
    }

    /** Which marks make a breach from now on. */
    void watch(long marks) {
        watched = marks;
        successors.watch(marks);
    }

    /** Files the successors of the state at {@code place} of the round. */
    void file(int place) {
        int count = successors.count();
        if (successors.taken() > Successors.MOST) {
            throw new IllegalStateException("a state has %,d moves; at most %,d are told apart"
                    .formatted(successors.taken(), Successors.MOST));
        }
        long[] words = successors.words();
        long reference = (long) place << 16;
        for (int i = 0; i < count; i++) {
            long fingerprint;
            if (exact && canonical == null) {
                long word = words[i];
                int slot = (int) (word * SCATTER >>> 64 - RECENT_BITS);
                if (recent[slot] == word) {
                    continue;
                }
                recent[slot] = word;
                fingerprint = Fingerprint.mix(word);
            } else {
                fingerprint = represent(words, i * width);
                int slot = (int) (fingerprint * SCATTER >>> 64 - RECENT_BITS);
                if (recent[slot] == fingerprint) {
                    continue;
                }
                recent[slot] = fingerprint;
            }
            int group = (int) (fingerprint >>> 64 - GROUP_BITS);
            int at = foundLength[group];
            long[] buffer = found[group];
            if (at == buffer.length) {
                buffer = found[group] = Arrays.copyOf(buffer, 2 * at);
            }
            buffer[at] = fingerprint;
            buffer[at + 1] = reference | successors.ordinal(i);
            if (!exact) {
                System.arraycopy(words, i * width, buffer, at + 2, width);
            }
            foundLength[group] = at + entry;
        }
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
        long[] hashed = keyless.words();
        System.arraycopy(words, at, hashed, 0, width);
        long keys = 0;
        for (SoftwareMover mover : model.software()) {
            if (!mover.software().isComplete()) {
                Bounded point = mover.point();
                int actor = mover.actor().index();
                keys = Fingerprint.combine(keys, mover.software().key(point.get(keyless, actor)));
                point.set(keyless, actor, 0);
            }
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
