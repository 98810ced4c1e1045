package org.ringfence.machine.operation;

/** An answer that was given. */
record KnownAnswer(long value) implements Answer {
    @Override
    public boolean is(long other) {
        return value == other;
    }

    @Override
    public boolean below(long bound) {
        return Long.compareUnsigned(value, bound) < 0;
    }

    @Override
    public long bits(long mask) {
        OpenAnswer.checkMask(mask);
        return value & mask;
    }

    @Override
    public long witness() {
        return value;
    }
}
