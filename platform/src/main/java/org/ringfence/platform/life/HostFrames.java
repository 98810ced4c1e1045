package org.ringfence.platform.life;

import java.util.Arrays;

/**
 * Which frames of the host are free, and what it has lent to the guest's protection and must get back. Frames are
 * handed out in 2M pages, of which one at a time is cut into 4K pages.
 */
final class HostFrames {
    static final int SPAN = 512;
    private static final int FIRST = 1;

    private final long[] lent;
    private final long[] lentLarge;
    private final int chunks;
    private final long[] blocked;
    private final IntStack freeSmall = new IntStack();
    private final IntStack freeLarge = new IntStack();
    private int next = FIRST;
    private int cut;
    private int cutEnd;

    /** For {@code frames} frames, of which the first 2M are left alone. */
    HostFrames(int frames) {
        this.lent = new long[frames / Long.SIZE + 1];
        this.lentLarge = new long[frames / SPAN / Long.SIZE + 1];
        this.chunks = frames / SPAN;
        this.blocked = new long[frames / SPAN / Long.SIZE + 1];
    }

    /** Frames from {@code first} to {@code end - 1} are not for use, nor is the rest of their 2M pages. */
    void leaveOut(int first, int end) {
        for (int chunk = first / SPAN; chunk <= (end - 1) / SPAN; chunk++) {
            set(blocked, chunk, true);
        }
    }

    /** A free 2M page's first frame. */
    int takeLarge() {
        if (!freeLarge.isEmpty()) {
            return freeLarge.pop();
        }
        while (next < chunks && has(blocked, next)) {
            next++;
        }
        if (next >= chunks) {
            throw new IllegalStateException("the host has no free 2M page left");
        }
        return next++ * SPAN;
    }

    /** A free 4K page's frame. */
    int takeSmall() {
        if (!freeSmall.isEmpty()) {
            return freeSmall.pop();
        }
        if (cut == cutEnd) {
            cut = takeLarge();
            cutEnd = cut + SPAN;
        }
        return cut++;
    }

    void freeLarge(int frame) {
        freeLarge.push(frame);
    }

    void freeSmall(int frame) {
        freeSmall.push(frame);
    }

    /** A 4K frame that the guest's protection has until it is given back. */
    int lendSmall() {
        int frame = takeSmall();
        lend(frame);
        return frame;
    }

    /** A 2M page's first frame that it has until it is given back. */
    int lendLarge() {
        int frame = takeLarge();
        lendLarge(frame);
        return frame;
    }

    void lend(int frame) {
        set(lent, frame, true);
    }

    void lendLarge(int frame) {
        set(lentLarge, frame / SPAN, true);
    }

    /** A 2M page that is lent is lent in 4K pages from now on. */
    void split(int frame) {
        set(lentLarge, frame / SPAN, false);
        for (int i = 0; i < SPAN; i++) {
            set(lent, frame + i, true);
        }
    }

    void back(int frame) {
        set(lent, frame, false);
    }

    void backLarge(int frame) {
        set(lentLarge, frame / SPAN, false);
    }

    boolean isLent(int frame) {
        return has(lent, frame);
    }

    boolean isLentLarge(int frame) {
        return has(lentLarge, frame / SPAN);
    }

    /** Whether any 4K page of the 2M page at {@code frame} is lent. */
    boolean isAnyLent(int frame) {
        for (int word = frame / Long.SIZE; word < (frame + SPAN) / Long.SIZE; word++) {
            if (lent[word] != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(long[] bits, int index) {
        return (bits[index / Long.SIZE] >>> index & 1) != 0;
    }

    private static void set(long[] bits, int index, boolean to) {
        long bit = 1L << index;
        bits[index / Long.SIZE] = to ? bits[index / Long.SIZE] | bit : bits[index / Long.SIZE] & ~bit;
    }

    /** A stack of frames that grows. */
    private static final class IntStack {
        private int[] values = new int[64];
        private int size;

        boolean isEmpty() {
            return size == 0;
        }

        int pop() {
            return values[--size];
        }

        void push(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }
    }
}
