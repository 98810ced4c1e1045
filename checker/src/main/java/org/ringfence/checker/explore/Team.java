package org.ringfence.checker.explore;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that do one task after another together, the caller among them. Tasks follow each other within microseconds,
 * so who has nothing to do looks out for a while before it sleeps: to be woken takes longer than most waits.
 */
final class Team implements AutoCloseable {

    /** What every member does a part of. */
    interface Task {
        /** The part of {@code member}, from 0, which is the caller. */
        void work(int member);
    }

    /** Looks before a member sleeps: some hundred microseconds. */
    private static final int LOOKS = 8_000;

    private final int looks;
    private final Thread[] others;
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile @Nullable Task task;
    private volatile @Nullable Thread caller;
    private volatile @Nullable Throwable failure;

    /** Of {@code members} threads, the caller's included. */
    Team(int members) {
        looks = members <= Runtime.getRuntime().availableProcessors() ? LOOKS : 0;
        others = new Thread[members - 1];
        for (int i = 0; i < others.length; i++) {
            int member = i + 1;
            others[i] = Thread.ofPlatform().daemon().name("explorer-" + member).start(() -> live(member));
        }
    }

    /** How many work. */
    int members() {
        return others.length + 1;
    }

    /** Has everyone do their part and returns when all have; throws what one of them threw. */
    void perform(Task next) {
        busy.set(others.length);
        task = next;
        caller = Thread.currentThread();
        turn.getAndIncrement();
        for (Thread other : others) {
            LockSupport.unpark(other);
        }
        part(next, 0);
        for (int look = 0; busy.get() > 0; look++) {
            rest(look);
        }
        Throwable failed = failure;
        failure = null;
        switch (failed) {
            case null -> {}
            case RuntimeException cause -> throw cause;
            case Error cause -> throw cause;
            default -> throw new IllegalStateException(failed);
        }
    }

    private void live(int member) {
        int done = 0;
        while (true) {
            for (int look = 0; turn.get() == done; look++) {
                rest(look);
            }
            done++;
            Task mine = task;
            if (mine == null) {
                return;
            }
            part(mine, member);
            if (busy.decrementAndGet() == 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    private void rest(int look) {
        if (look < looks) {
            Thread.onSpinWait();
        } else {
            LockSupport.park(this); // an interrupted thread does not sleep and looks on
        }
    }

    private void part(Task mine, int member) {
        try {
            mine.work(member);
        } catch (Throwable thrown) {
            failure = thrown;
        }
    }

    @Override
    public void close() {
        task = null;
        turn.getAndIncrement();
        for (Thread other : others) {
            LockSupport.unpark(other);
        }
    }
}
