package org.ringfence.machine.tdx.sept;

/**
 * A Secure EPT entry as leaves are told of it in RCX: bits 2:0 the level, bits 51:12 the guest physical address.
 * Source: TDX module 1.5.01, helpers.c (verify_page_info_input).
 */
public final class SeptOperand {
    private static final long ADDRESS = 0x000F_FFFF_FFFF_F000L;
    private static final int LEVEL = 7;
    private static final String[] NAMES = {"4K", "2M", "1G", "512G", "256T"};

    private SeptOperand() {}

    /** RCX for the entry of {@code level} at {@code gpa}. */
    public static long rcx(long gpa, int level) {
        return gpa | level;
    }

    /** The guest physical address in {@code rcx}. */
    public static long gpa(long rcx) {
        return rcx & ADDRESS;
    }

    /** The level in {@code rcx}: 0 for 4K, 1 for 2M, 2 for 1G and so on. */
    public static int level(long rcx) {
        return (int) rcx & LEVEL;
    }

    /**
     * Whether {@code rcx} names a level in these bounds and an address aligned to it, with nothing in reserved bits.
     */
    public static boolean isValid(long rcx, int lowest, int highest) {
        int level = level(rcx);
        long gpa = gpa(rcx);
        return level >= lowest
                && level <= highest
                && rcx == (gpa | level)
                && (gpa & (1L << 12 + 9 * level) - 1) == 0;
    }

    /** How a trace prints {@code rcx}. */
    public static String print(long rcx) {
        return level(rcx) < NAMES.length && rcx == (gpa(rcx) | level(rcx))
                ? "GPA 0x%X %s".formatted(gpa(rcx), NAMES[level(rcx)])
                : "RCX=0x%X".formatted(rcx);
    }
}
