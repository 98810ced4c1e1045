package org.ringfence.machine.tdx.td;

import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/**
 * What the module counts against zero-step attacks: a host that resumes a vCPU again and again without the page that it
 * asks for learns from side channels what one instruction does.
 *
 * <p>The first six accesses to private pages that leave for the host at one RIP are counted; of those that follow, the
 * pages are listed until the RIP has moved. While a page is listed, TDH.VP.ENTER takes the tree of the Secure EPT for
 * itself, which fails where another leaf holds it. If a listed page is still not there, the module then leaves at once
 * instead of running the guest: here the guest's own access leaves, which nobody can tell from that. Telling the guest
 * by #VE, which it must ask for, is left out.
 *
 * <p>Source: TDX module 1.5.01, td_exit_stepping.c (td_exit_epf_stepping_log, td_entry_stepping_filter).
 *
 * @param kept whether the machine counts
 * @param faults accesses counted so far, for each vCPU
 * @param listed pages, one bit each
 */
public record ZeroSteps(boolean kept, Bounded faults, Bits listed) {
    /** Accesses at one RIP that are not suspect: STEPPING_EPF_THRESHOLD. */
    public static final int THRESHOLD = 6;

    static ZeroSteps declare(Declaration declaration, boolean kept, int vcpus, int pages) {
        if (kept && pages > Long.SIZE) {
            throw new IllegalArgumentException(
                    "the pages of zero-step attacks are told apart on machines of %d pages at most; this has %d"
                            .formatted(Long.SIZE, pages));
        }
        Table table = declaration.table("zero-step filter", "vCPU", kept ? vcpus : 0);
        return new ZeroSteps(
                kept, table.bounded("faults at one RIP", THRESHOLD), table.bits("listed pages", kept ? pages : 0));
    }

    /** An access of the vCPU to a private page leaves for the host. */
    void fault(State state, int vcpu, int page) {
        if (!kept) {
            return;
        }
        int before = faults.get(state, vcpu);
        if (before < THRESHOLD) {
            faults.set(state, vcpu, before + 1);
        } else {
            listed.add(state, vcpu, page);
        }
    }

    /** The vCPU gets past its instruction, or is gone. */
    void progress(State state, int vcpu) {
        if (kept) {
            faults.set(state, vcpu, 0);
            listed.set(state, vcpu, 0);
        }
    }

    /** Whether TDH.VP.ENTER wants the tree for itself. */
    public boolean isSuspected(State state, int vcpu) {
        return kept && listed.get(state, vcpu) != 0;
    }
}
