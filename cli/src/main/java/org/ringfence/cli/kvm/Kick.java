package org.ringfence.cli.kvm;

import java.lang.foreign.Arena;

/**
 * Gets a thread out of a vCPU that does not come back: a signal that does nothing else ends KVM_RUN with EINTR. Where
 * even that does not help, the program ends itself.
 */
final class Kick implements AutoCloseable {
    /** A real-time signal, which the Java machine has no use for. */
    private static final int SIGNAL = 40;
    private static final long PATIENCE = 2_000_000_000L;
    private static final long END = 20_000_000_000L;
    private static final long PERIOD_MILLIS = 250;

    private final long process;
    private final long thread;
    private final Runnable lost;
    private final Thread watch;
    private final LinuxCalls linux;
    private volatile long since;
    private volatile boolean closed;

    /**
     * Watches the calling thread.
     *
     * @param lost called when nothing helps; the program ends then
     */
    Kick(Arena arena, LinuxCalls own, Runnable lost) {
        this.lost = lost;
        process = own.call(LinuxCalls.GETPID, 0);
        thread = own.call(LinuxCalls.GETTID, 0);
        LinuxCalls.ignoreButInterrupt(arena, SIGNAL);
        linux = new LinuxCalls(arena);
        watch = Thread.ofPlatform().daemon().name("kick").start(this::watch);
    }

    /** The thread enters a vCPU. */
    void begin() {
        since = System.nanoTime() | 1;
    }

    /** It has come back. */
    void end() {
        since = 0;
    }

    private void watch() {
        while (!closed) {
            try {
                Thread.sleep(PERIOD_MILLIS);
            } catch (InterruptedException wanted) {
                return;
            }
            long begun = since;
            if (begun != 0) {
                long waited = System.nanoTime() - begun;
                if (waited > END) {
                    lost.run();
                } else if (waited > PATIENCE) {
                    linux.call(LinuxCalls.TGKILL, process, thread, SIGNAL);
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.interrupt();
        try {
            watch.join();
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }
}
