package org.ringfence.machine.state;

import java.util.Arrays;

/**
 * The words of one machine at one instant. A snapshot is a copy of the words, equality a comparison of them.
 *
 * <p>Beside the words a state carries {@link #observed()}, the marks that the operation applied last has left for
 * whoever judges it. They are no part of the machine: they are not copied, compared or fingerprinted.
 */
public final class State {
    final long[] words;
    final long[][] large;
    private long observed;

    State(int words, int[] large) {
        this.words = new long[words];
        this.large = new long[large.length][];
        for (int i = 0; i < large.length; i++) {
            this.large[i] = new long[large[i]];
        }
    }

    private State(State from) {
        this.words = from.words.clone();
        this.large = new long[from.large.length][];
        for (int i = 0; i < large.length; i++) {
            large[i] = from.large[i].clone();
        }
    }

    /** The packed words: all of the state when the layout is {@linkplain Layout.Storage#PACKED packed}. Not a copy. */
    public long[] words() {
        return words;
    }

    /** A copy of all words; marks are not copied. */
    public State snapshot() {
        return new State(this);
    }

    /** Makes every word of this state equal to {@code snapshot}'s; both must be of one layout. */
    public void restore(State snapshot) {
        System.arraycopy(snapshot.words, 0, words, 0, words.length);
        for (int i = 0; i < large.length; i++) {
            System.arraycopy(snapshot.large[i], 0, large[i], 0, large[i].length);
        }
    }

    /** Whether every word is equal. */
    public boolean sameWords(State other) {
        return Arrays.equals(words, other.words) && Arrays.deepEquals(large, other.large);
    }

    /** A 64-bit fingerprint of all words. */
    public long fingerprint() {
        long hash = Fingerprint.of(words);
        for (long[] array : large) {
            hash = Fingerprint.combine(hash, Fingerprint.of(array));
        }
        return hash;
    }

    /** The marks left since {@link #forgetObserved()}; bit meanings belong to whoever sets them. */
    public long observed() {
        return observed;
    }

    /** Leaves marks for whoever judges this step. */
    public void observe(long marks) {
        observed |= marks;
    }

    /** Clears the marks, before the next operation. */
    public void forgetObserved() {
        observed = 0;
    }
}
