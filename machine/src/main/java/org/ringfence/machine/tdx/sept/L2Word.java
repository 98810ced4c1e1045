package org.ringfence.machine.tdx.sept;

import java.util.StringJoiner;

/**
 * An entry of an L2 Secure EPT as 64 bits: as it lies in memory, and as TDH.MEM.SEPT.RD and failures of the host's
 * leaves report it in RCX.
 *
 * <p>While a page is L2_BLOCKED its permissions lie aside: R, Xs and Xu where the memory type was, W in bit 59. Source:
 * TDX module 1.5.01, x86_defs.h (l2_encoding), sept_manager.{h,c} (sept_l2_set_leaf,
 * set_arch_l2_septe_details_in_vmm_regs).
 */
public record L2Word(long raw) {
    private static final long WRITE_BACK = 6L << 3;
    private static final long SUPPRESS_VE = 1L << 63;
    private static final long BASE = 0x000F_FFFF_FFFF_F000L;
    private static final long PERMISSIONS = 0b111 | 1L << 10;
    private static final long ATTRIBUTES = PERMISSIONS | 1L << 57 | 1L << 58 | 1L << 60 | SUPPRESS_VE;
    private static final long LEAF_VIEW = 7L << 3 | BASE | 3L << 6 | SUPPRESS_VE;
    private static final long TABLE_VIEW = PERMISSIONS | 1L << 7;
    private static final int SAVED_READ = 3;
    private static final int SAVED_EXECUTE = 4;
    private static final int SAVED_USER_EXECUTE = 5;
    private static final int SAVED_WRITE = 59;

    /** A page with {@link PageAttributes} for its VM, blocked or not. */
    public static L2Word leaf(long hpa, int attributes, boolean blocked) {
        long bits = hpa
                | bit(attributes, PageAttributes.VERIFY_GUEST_PAGING, 57)
                | bit(attributes, PageAttributes.PAGING_WRITE_ACCESS, 58)
                | bit(attributes, PageAttributes.SHADOW_STACK, 60)
                | bit(attributes, PageAttributes.SUPPRESS_VE, 63);
        if (blocked) {
            return new L2Word(bits
                    | L2State.L2_BLOCKED.bits()
                    | bit(attributes, PageAttributes.READ, SAVED_READ)
                    | bit(attributes, PageAttributes.EXECUTE, SAVED_EXECUTE)
                    | bit(attributes, PageAttributes.USER_EXECUTE, SAVED_USER_EXECUTE)
                    | bit(attributes, PageAttributes.WRITE, SAVED_WRITE));
        }
        return new L2Word(bits
                | L2State.L2_MAPPED.bits()
                | WRITE_BACK
                | bit(attributes, PageAttributes.READ, 0)
                | bit(attributes, PageAttributes.WRITE, 1)
                | bit(attributes, PageAttributes.EXECUTE, 2)
                | bit(attributes, PageAttributes.USER_EXECUTE, 10));
    }

    /** A table of smaller entries, blocked or not. */
    public static L2Word table(long hpa, boolean blocked) {
        return new L2Word(hpa | (blocked ? L2State.L2_NL_BLOCKED.bits() : L2State.L2_NL_MAPPED.bits() | PERMISSIONS));
    }

    /** No entry. */
    public static L2Word free() {
        return new L2Word(0);
    }

    private static long bit(int attributes, int attribute, int at) {
        return (attributes & attribute) != 0 ? 1L << at : 0;
    }

    /** The state. */
    public L2State state() {
        return L2State.of(raw).orElseThrow(() -> new IllegalStateException("no L2 entry: 0x%016X".formatted(raw)));
    }

    /** {@link PageAttributes} of a page, also where they lie aside. */
    public int attributes() {
        boolean blocked = state() == L2State.L2_BLOCKED;
        return at(blocked ? SAVED_READ : 0, PageAttributes.READ)
                | at(blocked ? SAVED_WRITE : 1, PageAttributes.WRITE)
                | at(blocked ? SAVED_EXECUTE : 2, PageAttributes.EXECUTE)
                | at(blocked ? SAVED_USER_EXECUTE : 10, PageAttributes.USER_EXECUTE)
                | at(57, PageAttributes.VERIFY_GUEST_PAGING)
                | at(58, PageAttributes.PAGING_WRITE_ACCESS)
                | at(60, PageAttributes.SHADOW_STACK)
                | at(63, PageAttributes.SUPPRESS_VE);
    }

    private int at(int position, int attribute) {
        return (raw >>> position & 1) != 0 ? attribute : 0;
    }

    /**
     * The entry as RCX reports it: the host sees what L1 permits only of a TD under debug.
     *
     * @param debug ATTRIBUTES.DEBUG of the TD
     */
    public long architectural(boolean debug) {
        return switch (state()) {
            case L2_FREE -> SUPPRESS_VE;
            case L2_NL_MAPPED, L2_NL_BLOCKED -> raw & TABLE_VIEW;
            case L2_MAPPED -> debug ? raw & (LEAF_VIEW | ATTRIBUTES) : raw & LEAF_VIEW | PERMISSIONS;
            case L2_BLOCKED -> debug ? raw & (LEAF_VIEW | ATTRIBUTES) : raw & LEAF_VIEW;
        };
    }

    /** The word and what it says, for people. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(" ", "0x%016X ".formatted(raw), "");
        text.add(L2State.of(raw).map(Enum::name).orElse("no state"));
        if ((raw & BASE) != 0) {
            text.add("at 0x%X".formatted(raw & BASE));
        }
        if (L2State.of(raw).filter(L2State::isLeaf).isPresent()) {
            text.add(PageAttributes.print(attributes()));
        }
        return text.toString();
    }
}
