package org.ringfence.checker.learn;

import org.ringfence.checker.explore.Clock;

/**
 * The coarsest partition of a deterministic automaton's states that keeps apart what is labelled differently and what
 * leads to different parts: Hopcroft's refinement in the form of Valmari and Lehtinen (Efficient Minimization of DFAs
 * with Partial Transition Functions, STACS 2008), in O(m log m) for m transitions.
 */
final class Partition {
    private static final int TICKED_EVERY = 256;

    private final Sets blocks;
    private final Sets cords;
    private final int[] tail;
    private final int[] head;
    private final int[] adjacent;
    private final int[] firstAdjacent;

    /** A refinable partition of 0 to n - 1. */
    private static final class Sets {
        int count;
        final int[] elements;
        final int[] location;
        final int[] setOf;
        final int[] first;
        final int[] past;
        final int[] marked;
        final int[] touched;
        int touchedCount;

        Sets(int n) {
            elements = new int[n];
            location = new int[n];
            setOf = new int[n];
            first = new int[n + 1];
            past = new int[n + 1];
            marked = new int[n + 1];
            touched = new int[n + 1];
            count = n == 0 ? 0 : 1;
            for (int i = 0; i < n; i++) {
                elements[i] = i;
                location[i] = i;
            }
            if (n > 0) {
                past[0] = n;
            }
        }

        void mark(int element) {
            int set = setOf[element];
            int at = location[element];
            int to = first[set] + marked[set];
            elements[at] = elements[to];
            location[elements[at]] = at;
            elements[to] = element;
            location[element] = to;
            if (marked[set]++ == 0) {
                touched[touchedCount++] = set;
            }
        }

        void split() {
            while (touchedCount > 0) {
                int set = touched[--touchedCount];
                int middle = first[set] + marked[set];
                if (middle == past[set]) {
                    marked[set] = 0;
                    continue;
                }
                if (marked[set] <= past[set] - middle) {
                    first[count] = first[set];
                    past[count] = middle;
                    first[set] = middle;
                } else {
                    past[count] = past[set];
                    first[count] = middle;
                    past[set] = middle;
                }
                for (int i = first[count]; i < past[count]; i++) {
                    setOf[elements[i]] = count;
                }
                marked[set] = 0;
                marked[count++] = 0;
            }
        }
    }

    private Partition(int[] label, int[] tail, int[] code, int[] head) {
        int n = label.length;
        int m = tail.length;
        this.tail = tail;
        this.head = head;
        blocks = new Sets(n);
        cords = new Sets(m);
        adjacent = new int[m];
        firstAdjacent = new int[n + 1];
        byKey(blocks, label);
        byKey(cords, code);
    }

    /** Splits the one set that {@code sets} begins with by key, keys being 0 to some small number. */
    private static void byKey(Sets sets, int[] key) {
        int keys = 0;
        for (int k : key) {
            keys = Math.max(keys, k + 1);
        }
        int[] start = new int[keys + 1];
        for (int k : key) {
            start[k + 1]++;
        }
        for (int k = 0; k < keys; k++) {
            start[k + 1] += start[k];
        }
        int[] fill = start.clone();
        sets.count = 0;
        for (int i = 0; i < key.length; i++) {
            int at = fill[key[i]]++;
            sets.elements[at] = i;
            sets.location[i] = at;
        }
        for (int k = 0; k < keys; k++) {
            if (start[k] < start[k + 1]) {
                sets.first[sets.count] = start[k];
                sets.past[sets.count] = start[k + 1];
                for (int i = start[k]; i < start[k + 1]; i++) {
                    sets.setOf[sets.elements[i]] = sets.count;
                }
                sets.count++;
            }
        }
    }

    /**
     * The part of each state.
     *
     * @param label what keeps states apart from the start, small numbers
     * @param tail where each transition begins
     * @param code each transition's letter, a small number
     * @param head where each transition ends
     */
    static int[] of(int[] label, int[] tail, int[] code, int[] head) {
        Partition partition = new Partition(label, tail, code, head);
        partition.refine();
        return partition.blocks.setOf;
    }

    private void refine() {
        for (int h : head) {
            firstAdjacent[h]++;
        }
        for (int q = 0; q < blocks.elements.length; q++) {
            firstAdjacent[q + 1] += firstAdjacent[q];
        }
        for (int t = head.length - 1; t >= 0; t--) {
            adjacent[--firstAdjacent[head[t]]] = t;
        }
        int b = 1;
        for (int c = 0; c < cords.count; c++) {
            if (c % TICKED_EVERY == 0) {
                Clock.tick(Scope.LEARNING);
            }
            for (int i = cords.first[c]; i < cords.past[c]; i++) {
                blocks.mark(tail[cords.elements[i]]);
            }
            blocks.split();
            for (; b < blocks.count; b++) {
                for (int i = blocks.first[b]; i < blocks.past[b]; i++) {
                    int q = blocks.elements[i];
                    for (int j = firstAdjacent[q]; j < firstAdjacent[q + 1]; j++) {
                        cords.mark(adjacent[j]);
                    }
                }
                cords.split();
            }
        }
    }
}
