package org.ringfence.machine.tdx.abi;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What RAX holds when a leaf function ends: a status and what its low 32 bits add.
 *
 * @param details an {@link OperandId}, a level, a VMX exit reason or packed bytes
 */
public record Completion(TdxStatus status, int details) implements Ending {
    private static final String PREFIX = "TDX_";
    private static final Map<String, Completion> BY_NAME = new ConcurrentHashMap<>();
    /** Where bit 63 goes in {@link #code}: bits 59:48 of a status are zero. */
    private static final int ERROR_BIT = 56;

    /** RAX. */
    public long rax() {
        return status.rax(details);
    }

    /**
     * The completion that {@code name} names: a status, with or without its {@code TDX_}, then the operand or page size
     * that its low bits tell of, if any. {@code TDX_OPERAND_BUSY_KOT} is TDX_OPERAND_BUSY with {@link OperandId#KOT},
     * {@code PAGE_ALREADY_ACCEPTED_2M} is TDX_PAGE_ALREADY_ACCEPTED with level 1.
     */
    public static Completion named(String name) {
        return BY_NAME.computeIfAbsent(name, Completion::parse);
    }

    private static Completion parse(String name) {
        String full = name.startsWith(PREFIX) ? name : PREFIX + name;
        for (TdxStatus status : TdxStatus.values()) {
            if (full.equals(status.name())) {
                return new Completion(status, 0);
            }
            if (full.startsWith(status.name() + "_")) {
                Integer operand = OperandId.BY_NAME.get(full.substring(status.name().length() + 1));
                if (operand != null) {
                    return new Completion(status, operand);
                }
            }
        }
        throw new IllegalArgumentException(name + " names no status of the TDX module with an operand behind it");
    }

    /** A number for it that is not negative, as a step may end with. */
    public long code() {
        return code(rax());
    }

    /** As {@link #code()}, of what is in RAX. */
    public static long code(long rax) {
        return rax & Long.MAX_VALUE | rax >>> 63 << ERROR_BIT;
    }

    /** RAX where a step ended with {@code code}. */
    public static long rax(long code) {
        return code & ~(1L << ERROR_BIT) | code >>> ERROR_BIT << 63;
    }

    /** As traces print it: name and number. */
    @Override
    public String toString() {
        return rax() == 0 ? "TDX_SUCCESS" : "%s (0x%016X)".formatted(status, rax());
    }
}
