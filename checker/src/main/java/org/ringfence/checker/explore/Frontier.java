package org.ringfence.checker.explore;

/** The states of one level, in the order of their discovery. */
final class Frontier implements AutoCloseable {
    private final OffHeap words;
    private final int bytesPerState;
    private long count;

    Frontier(int wordsPerState, long most) {
        bytesPerState = wordsPerState * Long.BYTES;
        words = new OffHeap(most * bytesPerState);
    }

    /** Makes room for {@code more} states and answers the address of the first. */
    long append(long more) {
        words.ensure((count + more) * bytesPerState);
        long at = address(count);
        count += more;
        return at;
    }

    long size() {
        return count;
    }

    long address(long index) {
        return words.address() + index * bytesPerState;
    }

    /** Bytes in use. */
    long bytes() {
        return words.committed();
    }

    void clear() {
        words.release();
        count = 0;
    }

    @Override
    public void close() {
        words.close();
    }
}
