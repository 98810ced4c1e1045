package org.ringfence.machine.tdx;

import org.ringfence.machine.memory.Level;

/**
 * A Secure EPT entry as leaves are told of it in RCX: bits 2:0 the level, bits 51:12 the guest physical address. Source: TDX module
 * 1.5.01, helpers.c (verify_page_info_input, check_gpa_validity).
 */
public final class SeptOperand {
    /** Set in the address of a shared page, for a guest physical address width of 48 bits. */
    public static final long SHARED_BIT = 1L << 47;

    /** The highest level there is with four levels of tables: PML4. */
    static final int HIGHEST = 3;

    private static final long ADDRESS = 0x000F_FFFF_FFFF_F000L;
    private static final int LEVEL = 7;

    private SeptOperand() {}

    /** RCX for the entry of {@code level} at {@code gpa}. */
    public static long rcx(long gpa, Level level) {
        return gpa | level.ordinal();
    }

    /** The guest physical address in {@code rcx}. */
    public static long gpa(long rcx) {
        return rcx & ADDRESS;
    }

    /** The level in {@code rcx}: 0 for 4K, 1 for 2M, 2 for 1G and so on. */
    public static int level(long rcx) {
        return (int) rcx & LEVEL;
    }

    /** The level in {@code rcx} where it is 4K or 2M; entries of higher levels are not built. */
    static Level typed(long rcx) {
        return switch (level(rcx)) {
            case 0 -> Level.SIZE_4K;
            case 1 -> Level.SIZE_2M;
            default -> throw new IllegalArgumentException(
                    "RCX=0x%X names an entry above level 2M; these are not built".formatted(rcx));
        };
    }

    /** Whether {@code rcx} names a level up to {@code highest}, and a private address aligned to it, with nothing in reserved bits. */
    public static boolean isValid(long rcx, int highest) {
        int level = level(rcx);
        long gpa = gpa(rcx);
        return level <= highest
                && rcx == (gpa | level)
                && (gpa & (1L << 12 + 9 * level) - 1) == 0
                && gpa < SHARED_BIT;
    }

    static String print(long rcx) {
        return switch (level(rcx)) {
            case 0 -> "GPA 0x%X 4K".formatted(gpa(rcx));
            case 1 -> "GPA 0x%X 2M".formatted(gpa(rcx));
            default -> "RCX=0x%X".formatted(rcx);
        };
    }
}
