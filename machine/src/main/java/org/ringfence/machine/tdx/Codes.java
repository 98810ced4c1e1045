package org.ringfence.machine.tdx;

import java.util.Arrays;
import org.ringfence.machine.tdx.abi.ModuleStatus;

/** Leads from a {@link Refusal} to the code of a leaf's own result of that name. */
record Codes(int[] codes, Class<?> type) {

    /** For a leaf whose results are the constants of {@code type}. */
    static <E extends Enum<E> & ModuleStatus> Codes of(Class<E> type) {
        int[] codes = new int[Refusal.values().length];
        Arrays.fill(codes, -1);
        for (E result : type.getEnumConstants()) {
            for (Refusal refusal : Refusal.values()) {
                if (refusal.name().equals(result.name())) {
                    codes[refusal.ordinal()] = result.ordinal();
                }
            }
        }
        return new Codes(codes, type);
    }

    /** The code of the leaf's result. */
    long of(Refusal refusal) {
        int code = codes[refusal.ordinal()];
        if (code < 0) {
            throw new IllegalStateException(type + " does not list " + refusal);
        }
        return code;
    }
}
