package org.ringfence.machine.tdx.abi;

/** What is in registers before a SEAMCALL or TDCALL, or after it. */
public record Registers(
        long rax, long rcx, long rdx, long r8, long r9, long r10, long r11, long r12, long r13, long r14, long r15) {

    /** RAX alone; the others are zero. */
    public static Registers of(long rax) {
        return of(rax, 0, 0);
    }

    /** RAX, RCX and RDX; the others are zero. */
    public static Registers of(long rax, long rcx, long rdx) {
        return of(rax, rcx, rdx, 0, 0);
    }

    /** RAX, RCX, RDX, R8 and R9; the others are zero. */
    public static Registers of(long rax, long rcx, long rdx, long r8, long r9) {
        return new Registers(rax, rcx, rdx, r8, r9, 0, 0, 0, 0, 0, 0);
    }

    /** These with another RAX. */
    public Registers withRax(long other) {
        return new Registers(other, rcx, rdx, r8, r9, r10, r11, r12, r13, r14, r15);
    }

    /** RAX, RCX and RDX, and of the others those that are not zero. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("RAX=0x%016X RCX=0x%016X RDX=0x%016X".formatted(rax, rcx, rdx));
        long[] others = {r8, r9, r10, r11, r12, r13, r14, r15};
        for (int i = 0; i < others.length; i++) {
            if (others[i] != 0) {
                text.append(" R%d=0x%016X".formatted(8 + i, others[i]));
            }
        }
        return text.toString();
    }
}
