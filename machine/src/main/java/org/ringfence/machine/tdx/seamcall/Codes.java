package org.ringfence.machine.tdx.seamcall;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.td.Refusal;

/** Leads from a {@link Refusal} to the code of a leaf's own result of that name. */
public record Codes(int[] codes, Class<?> type) {
    private static final int NONE = Integer.MIN_VALUE;

    /** Those that were made, as every operation of a type has the same. */
    private static final Map<Class<?>, Codes> MADE = new ConcurrentHashMap<>();

    /**
     * For a leaf whose results are the constants of {@code type}.
     *
     * @param tdr the register that names the TD; "TDR" where another operand leads there
     * @param tdvpr the register that names the vCPU
     * @param page the register that names a page which the TD shall have
     */
    static <E extends Enum<E> & ModuleStatus> Codes of(Class<E> type, String tdr, String tdvpr, String page) {
        return MADE.computeIfAbsent(type, _ -> make(type, tdr, tdvpr, page));
    }

    private static <E extends Enum<E> & ModuleStatus> Codes make(
            Class<E> type, String tdr, String tdvpr, String page) {
        int[] codes = new int[Refusal.values().length];
        Arrays.fill(codes, NONE);
        codes[Refusal.MACHINE_CHECK.ordinal()] = (int) Outcome.EXITS;
        codes[Refusal.PROCESSOR_IS_SHUT_DOWN.ordinal()] = (int) Outcome.WAITS;
        codes[Refusal.NO_ROOM.ordinal()] = (int) Outcome.WAITS;
        for (E result : type.getEnumConstants()) {
            for (Refusal refusal : Refusal.values()) {
                if (refusal.name(tdr, tdvpr, page).equals(result.name())) {
                    codes[refusal.ordinal()] = result.ordinal();
                }
            }
        }
        return new Codes(codes, type);
    }

    /** The code of the leaf's result, or how the leaf does not come back. */
    long of(Refusal refusal) {
        int code = codes[refusal.ordinal()];
        if (code == NONE) {
            throw new IllegalStateException(type + " does not list " + refusal);
        }
        return code;
    }
}
