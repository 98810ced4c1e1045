package org.ringfence.machine.tdx.td;

import java.util.Arrays;
import java.util.List;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/**
 * What a host answers {@link TdgVpVmcallMapGpa} in R10. Source: Guest-Host Communication Interface, MapGPA; Linux,
 * arch/x86/include/asm/shared/tdx.h.
 */
public enum MapGpaAnswer {
    /** All of the range is done. */
    SUCCESS(TdgVpVmcallMapGpa.SUCCESS),
    /** The range is done up to R11; the guest shall call again for the rest. */
    RETRY(TdgVpVmcallMapGpa.RETRY),
    /** R13 is 0, or the range is none. */
    INVALID_OPERAND(TdgVpVmcallMapGpa.INVALID_OPERAND),
    /** R12 or R13 is not 4K aligned. */
    ALIGN_ERROR(TdgVpVmcallMapGpa.ALIGN_ERROR),
    /** Any number at all, from a host that need not be honest; and any R11. */
    ANYTHING(0);

    /** Those that are one number. */
    public static final List<Long> KNOWN =
            Arrays.stream(values()).filter(answer -> answer != ANYTHING).map(MapGpaAnswer::r10).toList();

    private final long r10;

    MapGpaAnswer(long r10) {
        this.r10 = r10;
    }

    /** R10. */
    public long r10() {
        return r10;
    }

    /** The answer that is {@code r10}. */
    public static MapGpaAnswer of(long r10) {
        return Arrays.stream(values())
                .filter(answer -> answer != ANYTHING && answer.r10 == r10)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "R10=0x%X is no answer that is built; allowed are %s"
                                .formatted(r10, KNOWN.stream().map("0x%X"::formatted).toList())));
    }

    /** How many there are that are one number, which {@link org.ringfence.machine.operation.Cpus} wants to know. */
    public static int known() {
        return KNOWN.size();
    }
}
