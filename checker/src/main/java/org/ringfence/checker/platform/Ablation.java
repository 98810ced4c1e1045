package org.ringfence.checker.platform;

import java.util.List;
import org.ringfence.machine.memory.MemoryGuard;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.tdx.abi.TdxGuard;

/** A check of a TDX host's hardware or module that a case switches off. */
public enum Ablation {
    NONE,
    TD_OWNER(MemoryGuard.PRIVATE_READ_IS_OF_OWNED_LINE),
    SYSTEM_IS_READY(TdxGuard.SYSTEM_IS_READY),
    RECLAIM_TD_IS_TORN_DOWN(TdxGuard.RECLAIM_TD_IS_TORN_DOWN),
    FREEID_CACHES_ARE_WRITTEN_BACK(TdxGuard.FREEID_CACHES_ARE_WRITTEN_BACK);

    @SuppressWarnings("ImmutableEnumChecker") // a list that nobody changes
    private final List<Guard> off;

    Ablation(Guard... off) {
        this.off = List.of(off);
    }

    Guards guards() {
        return new Guards(off);
    }
}
