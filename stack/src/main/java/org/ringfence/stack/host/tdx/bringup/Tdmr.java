package org.ringfence.stack.host.tdx.bringup;

import java.util.List;
import org.ringfence.machine.tdx.module.TdmrInfo;

/**
 * A TD memory region: what TDH.SYS.CONFIG is told in a TDMR_INFO.
 *
 * @param base first byte, 1 GB aligned
 * @param size in bytes, whole GB
 * @param reserved ascending, without overlap: holes in memory, and PAMTs
 */
public record Tdmr(long base, long size, Pamt pamt, List<ReservedArea> reserved) {
    public Tdmr {
        reserved = List.copyOf(reserved);
    }

    /** First byte behind it. */
    public long end() {
        return base + size;
    }

    /** Bytes that are not reserved. */
    public long usable() {
        return size - reserved.stream().mapToLong(ReservedArea::size).sum();
    }

    /** As TDH.SYS.CONFIG is told of it. */
    TdmrInfo info() {
        return new TdmrInfo(
                base,
                size,
                pamt.base1g(),
                pamt.size1g(),
                pamt.base2m(),
                pamt.size2m(),
                pamt.base(),
                pamt.size4k(),
                reserved.stream().map(area -> new TdmrInfo.ReservedArea(area.offset(), area.size())).toList());
    }

    @Override
    public String toString() {
        return "TDMR [0x%x, 0x%x)".formatted(base, end());
    }
}
