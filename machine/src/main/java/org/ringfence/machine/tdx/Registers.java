package org.ringfence.machine.tdx;

/** What a leaf function leaves in registers. */
public record Registers(long rax, long rcx, long rdx) {

    /** RAX alone; RCX and RDX are zero. */
    public static Registers of(long rax) {
        return new Registers(rax, 0, 0);
    }

    @Override
    public String toString() {
        return "RAX=0x%016X RCX=0x%016X RDX=0x%016X".formatted(rax, rcx, rdx);
    }
}
