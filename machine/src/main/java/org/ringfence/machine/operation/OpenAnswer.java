package org.ringfence.machine.operation;

import java.util.ArrayList;
import java.util.List;

/** An answer known only by its questions: an interval, some bits, and values it is not. */
final class OpenAnswer implements Answer {
    private static final int MOST_BITS = 8;

    private final Cpu cpu;
    private long least;
    private long most = -1L;
    private long knownBits;
    private long bits;
    private final List<Long> not = new ArrayList<>();

    OpenAnswer(Cpu cpu) {
        this.cpu = cpu;
    }

    @Override
    public boolean is(long value) {
        if (!possible(value)) {
            return false;
        }
        not.add(value);
        boolean another = satisfiable();
        not.removeLast();
        if (!another) {
            return true;
        }
        boolean yes = cpu.ask(new Question(Question.Kind.IS, value));
        if (yes) {
            least = value;
            most = value;
        } else {
            not.add(value);
        }
        return yes;
    }

    @Override
    public boolean below(long bound) {
        if (Long.compareUnsigned(bound, least) <= 0) {
            return false;
        }
        if (Long.compareUnsigned(most, bound) < 0) {
            return true;
        }
        long upper = most;
        most = bound - 1;
        boolean canBeBelow = satisfiable();
        most = upper;
        long lower = least;
        least = bound;
        boolean canBeAbove = satisfiable();
        least = lower;
        boolean yes = canBeBelow
                && (!canBeAbove || cpu.ask(new Question(Question.Kind.BELOW, bound)));
        if (yes) {
            most = bound - 1;
        } else {
            least = bound;
        }
        return yes;
    }

    @Override
    public long bits(long mask) {
        checkMask(mask);
        for (long rest = mask & ~knownBits; rest != 0;) {
            long bit = Long.highestOneBit(rest);
            rest ^= bit;
            knownBits |= bit;
            boolean canBeClear = satisfiable();
            bits |= bit;
            boolean set = satisfiable() && (!canBeClear || cpu.ask(new Question(Question.Kind.BIT, bit)));
            if (!set) {
                bits &= ~bit;
            }
        }
        return bits & mask;
    }

    @Override
    public long witness() {
        long value = least;
        while (true) {
            long next = leastWithBits(value);
            if (Long.compareUnsigned(next, value) < 0 || Long.compareUnsigned(next, most) > 0) {
                throw new IllegalStateException("no number is left that answers all questions so");
            }
            if (!not.contains(next)) {
                return next;
            }
            if (next == -1L) {
                throw new IllegalStateException("no number is left that answers all questions so");
            }
            value = next + 1;
        }
    }

    static void checkMask(long mask) {
        if (Long.bitCount(mask) > MOST_BITS) {
            throw new IllegalArgumentException("an answer is asked for " + Long.bitCount(mask)
                    + " bits at once; at most " + MOST_BITS + " are allowed");
        }
    }

    private boolean possible(long value) {
        return Long.compareUnsigned(value, least) >= 0
                && Long.compareUnsigned(value, most) <= 0
                && (value & knownBits) == bits
                && !not.contains(value);
    }

    private boolean satisfiable() {
        long value = least;
        while (true) {
            long next = leastWithBits(value);
            if (Long.compareUnsigned(next, value) < 0 || Long.compareUnsigned(next, most) > 0) {
                return false;
            }
            if (!not.contains(next)) {
                return true;
            }
            if (next == -1L) {
                return false;
            }
            value = next + 1;
        }
    }

    /** The least number from {@code from} upward that has the known bits; one below {@code from} when there is none. */
    private long leastWithBits(long from) {
        if ((from & knownBits) == bits) {
            return from;
        }
        // The highest known bit that differs decides: where it must become 1, everything free below it becomes 0; where
        // it must become 0, the lowest free 0 above it must become 1 first.
        long wrong = Long.highestOneBit((from ^ bits) & knownBits);
        long below = wrong - 1;
        if ((bits & wrong) != 0) {
            return (from & ~below | wrong) & ~(knownBits & (below | wrong)) | bits & (below | wrong);
        }
        long above = ~(below | wrong);
        long free = ~from & ~knownBits & above;
        if (free == 0) {
            return 0;
        }
        long carry = Long.lowestOneBit(free);
        long kept = ~(carry | carry - 1);
        return from & kept | carry | bits & carry - 1;
    }
}
