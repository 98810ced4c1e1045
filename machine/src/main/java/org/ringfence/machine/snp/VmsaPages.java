package org.ringfence.machine.snp;

import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * From which VMSA page each vCPU runs. While it runs, hardware has the page in use: RMPUPDATE and PSMASH of it answer
 * FAIL_INUSE, and another VMRUN of it VMSA_BUSY.
 *
 * @param vcpus actors 0 to {@code vcpus - 1} have one; 0 where nobody's is kept
 */
public record VmsaPages(Cpus cpus, int vcpus, FrameRef frame) {

    static VmsaPages declare(Declaration declaration, Cpus cpus, int vcpus) {
        return new VmsaPages(cpus, vcpus, declaration.table("VMSA", "vCPU", vcpus).frame("frame"));
    }

    /** Whether a vCPU runs from {@code head} or one of the {@code span - 1} frames after it. */
    public boolean isInUse(State state, int head, int span) {
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            int page = frame.get(state, vcpu);
            if (page != FrameRef.NONE && page >= head && page < head + span && !cpus.isWithHost(state, vcpu)) {
                return true;
            }
        }
        return false;
    }
}
