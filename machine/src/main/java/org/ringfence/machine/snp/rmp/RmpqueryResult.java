package org.ringfence.machine.snp.rmp;

import org.ringfence.machine.memory.Level;

/**
 * What RMPQUERY leaves in EAX, RCX and RDX.
 *
 * @param success whether EAX is 0; else it is 2, FAIL_PERMISSION, and the rest says nothing
 * @param size RCX: the RMP entry's page size
 * @param permissions RDX bits 15:8: the target VMPL's, in the bits of {@link Permissions}
 * @param vmsa RDX bit 16
 */
public record RmpqueryResult(boolean success, Level size, int permissions, boolean vmsa) {
    public static final long REFUSED = 1L << 32;

    /** The number in EAX. */
    public int eax() {
        return success ? 0 : 2;
    }

    /** The value of RDX, of a query about {@code target}. */
    public long rdx(int target) {
        return target | (long) permissions << 8 | (vmsa ? 1L << 16 : 0);
    }

    public long packed() {
        return success ? permissions | (vmsa ? 1L << 8 : 0) | (size == Level.SIZE_2M ? 1L << 9 : 0) : REFUSED;
    }

    static RmpqueryResult unpack(long packed) {
        return new RmpqueryResult(
                packed != REFUSED,
                (packed >>> 9 & 1) != 0 ? Level.SIZE_2M : Level.SIZE_4K,
                (int) packed & 0xFF,
                (packed >>> 8 & 1) != 0);
    }

    @Override
    public String toString() {
        return success
                ? "EAX 0, %s, permissions 0x%X%s".formatted(size, permissions, vmsa ? ", VMSA" : "")
                : "FAIL_PERMISSION, EAX 2";
    }
}
