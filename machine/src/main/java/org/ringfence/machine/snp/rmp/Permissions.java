package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.state.ValueNames;

/** The bits of a VMPL's permission byte in an RMP entry, and in RMPADJUST's RDX eight bits further up. */
public final class Permissions {
    /** Nothing. */
    public static final int NONE = 0;

    /** Read. */
    public static final int READ = 1;

    /** Write. */
    public static final int WRITE = 1 << 1;

    /** Execute at CPL3. */
    public static final int EXECUTE_USER = 1 << 2;

    /** Execute at CPL0 to 2. */
    public static final int EXECUTE_SUPERVISOR = 1 << 3;

    /** Supervisor shadow stack. */
    public static final int SUPERVISOR_SHADOW_STACK = 1 << 4;

    /** Read, write and execute: {@code 0xF}. */
    public static final int RWX = READ | WRITE | EXECUTE_USER | EXECUTE_SUPERVISOR;

    /** Every bit there is. */
    public static final int ALL = RWX | SUPERVISOR_SHADOW_STACK;

    static final int WIDTH = 5;

    static final ValueNames NAMES =
            ValueNames.of("read", "write", "execute at CPL3", "execute at CPL0-2", "shadow stack");

    private Permissions() {}
}
