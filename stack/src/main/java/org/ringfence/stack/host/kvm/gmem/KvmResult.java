package org.ringfence.stack.host.kvm.gmem;

import org.ringfence.machine.operation.Results;

/**
 * What userspace gets from a call.
 *
 * @param errno 0 for success
 * @param exit kvm_run.exit_reason where the call ran a vCPU that came back for another reason than that it was done:
 *     {@link #EXIT_MMIO} or {@link #EXIT_MEMORY_FAULT}; else 0
 * @param value what was read, a size, or what an exit tells of itself; 0 where there is none
 */
public record KvmResult(int errno, int exit, long value) {
    /** KVM_EXIT_MMIO: there is no memory at the address. {@link #value} is 1 for a write. */
    public static final int EXIT_MMIO = 6;
    /**
     * KVM_EXIT_MEMORY_FAULT, which its first proposals called KVM_EXIT_MEMORY_ERROR. {@link #value} is kvm_run's
     * memory_fault.flags.
     */
    public static final int EXIT_MEMORY_FAULT = 39;
    /** In {@link #value} of a read: the page held something that nobody wrote. */
    public static final long JUNK = 0xFFFF;

    private static final int ERRNO_AT = 40;
    private static final int EXIT_AT = 32;
    private static final long VALUE_MASK = 0xFFFF_FFFFL;

    /** How results are numbers. */
    public enum Coding implements Results.Coding<KvmResult> {
        CODING;

        @Override
        public KvmResult decode(long code) {
            return KvmResult.decode(code);
        }

        @Override
        public String print(long code) {
            return KvmResult.decode(code).toString();
        }
    }

    /** Success with a value from 0 to 2^32 - 1. */
    static long done(long value) {
        return value & VALUE_MASK;
    }

    /** A call that failed. */
    static long failed(KvmErrno errno) {
        return (long) errno.number() << ERRNO_AT;
    }

    /** A vCPU that came back. */
    static long exited(KvmErrno errno, int exit, long value) {
        return failed(errno) | (long) exit << EXIT_AT | value & VALUE_MASK;
    }

    /** This result as a number. */
    public long code() {
        return (long) errno << ERRNO_AT | (long) exit << EXIT_AT | value & VALUE_MASK;
    }

    /** The result with this number. */
    public static KvmResult decode(long code) {
        return new KvmResult((int) (code >>> ERRNO_AT), (int) (code >>> EXIT_AT & 0xFF), code & VALUE_MASK);
    }

    @Override
    public String toString() {
        String outcome = errno == 0 ? exit == 0 ? "0x%X".formatted(value) : "0" : "-" + KvmErrno.name(errno);
        return switch (exit) {
            case 0 -> outcome;
            case EXIT_MMIO -> "%s, KVM_EXIT_MMIO %s".formatted(outcome, value != 0 ? "write" : "read");
            case EXIT_MEMORY_FAULT -> "%s, KVM_EXIT_MEMORY_FAULT flags 0x%X".formatted(outcome, value);
            default -> "%s, exit %d value 0x%X".formatted(outcome, exit, value);
        };
    }
}
