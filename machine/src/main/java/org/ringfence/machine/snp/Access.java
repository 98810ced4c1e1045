package org.ringfence.machine.snp;

import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.snp.rmp.Permissions;

/**
 * What the guest does to a page: which permission it needs, and how EXITINFO1 of a nested page fault describes it.
 *
 * <p>Fetches of instructions and the hardware's walk of the guest's own page tables are private whatever the C-bit
 * says. Source: Linux, Documentation/arch/x86/amd-memory-encryption.rst; bits of EXITINFO1 as in OpenVMM's
 * {@code SevNpfInfo}.
 */
public enum Access {
    /** A load. */
    READ(Permissions.READ, "load", Access.FINAL),
    /** A store. */
    WRITE(Permissions.WRITE, "store", Access.FINAL | Access.W),
    /** A fetch at CPL3. */
    FETCH_USER(Permissions.EXECUTE_USER, "fetch at CPL3", Access.FINAL | Access.FETCH | Access.U),
    /** A fetch at CPL0 to 2. */
    FETCH_SUPERVISOR(Permissions.EXECUTE_SUPERVISOR, "fetch at CPL0", Access.FINAL | Access.FETCH),
    /** A walk that only reads. */
    WALK(Permissions.READ, "page-table walk", Access.TABLE | Access.U),
    /** A walk that sets an accessed or a dirty bit. */
    WALK_UPDATE(
            Permissions.READ | Permissions.WRITE, "page-table walk with an update", Access.TABLE | Access.U | Access.W);

    /** EXITINFO1 bit 0: the nested translation is present. */
    public static final long P = 1;

    /** EXITINFO1 bit 1: a write. */
    public static final long W = 1 << 1;

    /** EXITINFO1 bit 2: a user access, as every access by the walk is. */
    public static final long U = 1 << 2;

    /** EXITINFO1 bit 4: a fetch. */
    public static final long FETCH = 1 << 4;

    /** EXITINFO1 bit 32: the fault is at the final guest physical address. */
    public static final long FINAL = 1L << 32;

    /** EXITINFO1 bit 33: the fault is in the walk of the guest's page tables. */
    public static final long TABLE = 1L << 33;

    private final int needed;
    private final String printed;
    private final long describes;

    Access(int needed, String printed, long describes) {
        this.needed = needed;
        this.printed = printed;
        this.describes = describes;
    }

    /** The permissions it needs, in the bits of {@link Permissions}. */
    public int needed() {
        return needed;
    }

    /** Whether the guest's C-bit chooses how it is encrypted; else it is private. */
    public boolean heedsCBit() {
        return this == READ || this == WRITE;
    }

    /** All of EXITINFO1 of a nested page fault with that reason. */
    public long exitInfo1(ExitReason reason) {
        long present = (reason.exitInfo1() & ExitReason.RMP) != 0 ? P : 0;
        return describes | present | reason.exitInfo1();
    }

    @Override
    public String toString() {
        return printed;
    }
}
