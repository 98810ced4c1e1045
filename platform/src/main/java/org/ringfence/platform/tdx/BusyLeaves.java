package org.ringfence.platform.tdx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.ringfence.machine.tdx.module.ModuleLocks.Held;
import org.ringfence.machine.tdx.td.LeafLocks;
import org.ringfence.machine.tdx.td.LeafLocks.Lock;

/** Which leaf can find busy what another one holds, in words, from {@link LeafLocks}. */
final class BusyLeaves {
    private BusyLeaves() {}

    /** Each leaf with its locks, and the leaves on other logical processors during which it is refused for each. */
    static List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("A leaf that finds a lock held gives up with TDX_OPERAND_BUSY of what is locked, for SYS with");
        lines.add("TDX_SYS_BUSY. A host whose leaves never overlap those listed behind a lock does not meet it.");
        lines.add(
                "A vCPU inside its TD holds its TDVPR and the TDR shared. PAGE and SEPT_ENTRY collide where both are");
        lines.add(
                "the same page or entry, TDVPR, TDMR, KET and WBCACHE where both are of the same vCPU, TDMR or package.");
        for (LeafLocks leaf : LeafLocks.values()) {
            if (leaf != LeafLocks.NONE) {
                lines.add(leaf.toString());
                for (Lock lock : Lock.values()) {
                    if (leaf.held(lock) != Held.FREE) {
                        lines.add("  %s %s; busy during: %s".formatted(
                                lock, leaf.held(lock) == Held.SHARED ? "shared" : "exclusive", during(leaf, lock)));
                    }
                }
            }
        }
        return lines;
    }

    private static String during(LeafLocks leaf, Lock lock) {
        List<LeafLocks> others = leaf.busyDuring(lock);
        return others.isEmpty()
                ? "none"
                : Arrays.stream(LeafLocks.values())
                        .filter(others::contains)
                        .map(LeafLocks::toString)
                        .collect(Collectors.joining(", "));
    }
}
