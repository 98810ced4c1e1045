package org.ringfence.platform.tdx.host;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ringfence.machine.operation.Property;
import org.ringfence.stack.host.tdx.bringup.BringUp;
import org.ringfence.stack.host.tdx.bringup.Construction;

/**
 * What a host did until the stage that was asked for, or until it could not go on.
 *
 * @param made what came of making TDMRs
 * @param end how the bring-up ended
 * @param calls how often each operation was performed, by its mnemonic, in the order of first times
 * @param injected how many calls an experiment made fail
 * @param failure the first SEAMCALL that did not end with TDX_SUCCESS, injected or not
 * @param broken promises that broke
 * @param notes what else a reader should know
 */
public record HostRun(
        Construction made,
        BringUp.End end,
        Map<String, Long> calls,
        int injected,
        Optional<Failure> failure,
        Set<Property> broken,
        List<String> notes) {

    /**
     * A SEAMCALL that did not end with TDX_SUCCESS.
     *
     * @param call with its operands
     * @param number which of the calls of this leaf function, from 1
     * @param result in the architecture's words
     */
    public record Failure(String call, long number, String result) {}

    public HostRun {
        calls = Collections.unmodifiableMap(new LinkedHashMap<>(calls));
        broken = Collections.unmodifiableSet(new TreeSet<>(broken));
        notes = List.copyOf(notes);
    }

    /** Whether it came as far as was asked, and nothing was hurt. */
    public boolean isGood() {
        return end.isReady() && broken.isEmpty();
    }
}
