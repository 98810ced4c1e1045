package org.ringfence.cli.kvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * System calls of Linux on x86-64, each by its number through the C library's {@code syscall}. Of one thread. Source of
 * the numbers: arch/x86/entry/syscalls/syscall_64.tbl.
 */
@SuppressWarnings("restricted") // the jar's manifest grants native access
final class LinuxCalls {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int OPEN = 2;
    static final int CLOSE = 3;
    static final int FSTAT = 5;
    static final int LSEEK = 8;
    static final int MMAP = 9;
    static final int MUNMAP = 11;
    static final int IOCTL = 16;
    static final int PREAD = 17;
    static final int PWRITE = 18;
    static final int MADVISE = 28;
    static final int DUP = 32;
    static final int GETPID = 39;
    static final int FSYNC = 74;
    static final int FTRUNCATE = 77;
    static final int GETTID = 186;
    static final int TGKILL = 234;
    static final int FALLOCATE = 285;
    static final int PIPE2 = 293;

    private static final FunctionDescriptor SYSCALL = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    /** struct sigaction of the GNU C library: the handler, 1024 bits of mask, flags, and the restorer. */
    private static final long SIGACTION_BYTES = 152;

    private final MethodHandle syscall;
    private final MemorySegment state;

    LinuxCalls(Arena arena) {
        Linker linker = Linker.nativeLinker();
        syscall = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                SYSCALL,
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
        state = arena.allocate(STATE);
    }

    /** Whether this is a system whose calls these are. */
    static boolean areOfThisSystem() {
        return System.getProperty("os.name", "").equals("Linux") && System.getProperty("os.arch", "").equals("amd64");
    }

    /** Makes a call; answers its value, or the negative of errno. */
    long call(long number, long a, long b, long c, long d, long e, long f) {
        try {
            long value = (long) syscall.invokeExact(state, number, a, b, c, d, e, f);
            return value == -1 ? -(int) ERRNO.get(state, 0L) : value;
        } catch (Throwable unforeseen) {
            throw new IllegalStateException("system call " + number + " cannot be made", unforeseen);
        }
    }

    long call(long number, long a, long b, long c, long d) {
        return call(number, a, b, c, d, 0, 0);
    }

    long call(long number, long a, long b, long c) {
        return call(number, a, b, c, 0, 0, 0);
    }

    long call(long number, long a) {
        return call(number, a, 0, 0, 0, 0, 0);
    }

    /**
     * Has {@code signal} do nothing but interrupt: its handler is a function of the C library that changes nothing,
     * abs.
     */
    static void ignoreButInterrupt(Arena arena, int signal) {
        Linker linker = Linker.nativeLinker();
        MethodHandle sigaction = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("sigaction"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        MemorySegment action = arena.allocate(SIGACTION_BYTES, Long.BYTES);
        action.set(ADDRESS, 0, linker.defaultLookup().findOrThrow("abs"));
        try {
            int failed = (int) sigaction.invokeExact(signal, action, MemorySegment.NULL);
            if (failed != 0) {
                throw new IllegalStateException("signal " + signal + " cannot be handled");
            }
        } catch (RuntimeException refused) {
            throw refused;
        } catch (Throwable unforeseen) {
            throw new IllegalStateException("sigaction cannot be called", unforeseen);
        }
    }

    /** Memory at an address that a call has answered. */
    static MemorySegment memory(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }
}
