package org.ringfence.stack.guest.linux.fault;

import java.util.Set;

/**
 * What Linux does about a #VC. A page that is not validated raises one with exit code 0x404, which is not among those
 * that it handles: unaccepted memory must not be touched, and whoever does is stopped. Source: Linux,
 * arch/x86/coco/sev/vc-handle.c (vc_handle_exitcode, vc_raw_handle_exception).
 */
public final class VcHandler {
    /** SVM_EXIT_NPF: taken for MMIO. */
    public static final int NESTED_PAGE_FAULT = 0x400;

    /** A page that is not validated. */
    public static final int PAGE_NOT_VALIDATED = 0x404;

    /**
     * DR7 read and written, #DB, #AC, RDTSC, RDPMC, CPUID, INVD, IOIO, MSR, VMMCALL, RDTSCP, WBINVD, MONITOR, MWAIT.
     */
    private static final Set<Integer> HANDLED = Set.of(
            0x27, 0x37, 0x41, 0x51, 0x6E, 0x6F, 0x72, 0x76, 0x7B, 0x7C, 0x81, 0x87, 0x89, 0x8A, 0x8B,
            NESTED_PAGE_FAULT);

    /** Whom a #VC interrupted. */
    public enum From {
        /** A process. */
        USER,
        /** The kernel. */
        KERNEL,
        /** The kernel before it has its own handlers. */
        EARLY_BOOT
    }

    /** What becomes of it. */
    public enum Consequence {
        /** The instruction is emulated. */
        HANDLED,
        /** The process gets SIGBUS. */
        SIGBUS,
        /** The registers are dumped, and the guest asks to be terminated; it panics if it is not. */
        TERMINATE,
        /** The CPU halts for ever. */
        HALT
    }

    private VcHandler() {}

    /** What becomes of a #VC with this exit code. */
    public static Consequence outcome(int exitCode, From from) {
        if (HANDLED.contains(exitCode)) {
            return Consequence.HANDLED;
        }
        return switch (from) {
            case USER -> Consequence.SIGBUS;
            case KERNEL -> Consequence.TERMINATE;
            case EARLY_BOOT -> Consequence.HALT;
        };
    }
}
