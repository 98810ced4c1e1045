package org.ringfence.machine.tdx.td;

import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;

/**
 * The life of vCPUs: their control structures (TDVPS), and the logical CPU that each is associated with. A machine
 * keeps of it what its case needs: without life every vCPU is READY, without association each runs on a logical CPU of
 * its own for good.
 *
 * <p>Source: TDX module 1.5.01, tdh_vp_create.c, tdh_vp_addcx.c, tdh_vp_init.c, helpers.c (associate_vcpu).
 *
 * @param life whether TDVPS are kept
 * @param associated whether associations are kept
 * @param first the logical CPU of vCPU 0 where they are not
 * @param tdvpr the frame of the TDVPR
 * @param pages of the TDVPS, TDVPR and TDCX
 * @param ready after TDH.VP.INIT
 * @param index of the vCPU, in the order of TDH.VP.INIT
 * @param lp 0 for no logical CPU, or its number and 1
 * @param last of each logical CPU, of whatever TD: the actor that was the vCPU entered there last, and 1; 0 for none
 *     yet
 */
public record Tdvps(
        boolean life, boolean associated, int first, FrameRef tdvpr, Bounded pages, Flag ready, Bounded index,
        Bounded lp, Bounded last) {

    /** Pages of a TDVPS without L2 VMs. */
    public static final int LEAST_PAGES = 6;

    /** Pages that each L2 VM adds. */
    public static final int PAGES_PER_L2 = 3;

    /** Pages of a TDVPS at most. */
    public static final int MOST_PAGES = 15;

    /** Which vCPU each logical CPU ran last, for all TDs of a machine. */
    static Bounded declareLast(Declaration declaration, boolean associated, int lps) {
        return declaration.table("last vCPU", "logical CPU", associated ? lps : 0).bounded("actor", lps,
                ValueNames.NUMBER_OR_NONE);
    }

    static Tdvps declare(
            Declaration declaration, boolean life, boolean associated, int first, int count, int lps, Bounded last) {
        Table tdvps = declaration.table("TDVPS", "vCPU", life ? count : 0);
        Table association = declaration.table("association", "vCPU", associated ? count : 0);
        return new Tdvps(
                life,
                associated,
                first,
                tdvps.frame("TDVPR"),
                tdvps.bounded("pages", MOST_PAGES),
                tdvps.flag("ready"),
                tdvps.bounded("index", Math.max(0, count - 1)),
                association.bounded("logical CPU", lps, ValueNames.NUMBER_OR_NONE),
                last);
    }

    /** How many logical CPUs there are; 0 without associations. */
    public int lps() {
        return last.cells().count();
    }

    /**
     * The logical CPU {@code cpu}, from which {@code caller} calls.
     *
     * @throws IllegalArgumentException where vCPUs are associated with logical CPUs and the machine has no such one
     */
    public int require(int cpu, Object caller) {
        if (associated && (cpu < 0 || cpu >= lps())) {
            throw new IllegalArgumentException(
                    "%s calls from logical CPU %d, which the machine does not have; it has %d, numbered from 0"
                            .formatted(caller, cpu, lps()));
        }
        return cpu;
    }

    /** Whether a vCPU has all pages of its TDVPS. */
    public boolean isWhole(State state, int vcpu, Tdcs control) {
        return !life || pages.get(state, vcpu) >= LEAST_PAGES + PAGES_PER_L2 * control.l2Vms().get(state);
    }

    /** How many vCPUs are associated with a logical CPU. */
    int countAssociated(State state, int vcpus) {
        int count = 0;
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            count += associated && lp.get(state, vcpu) != 0 ? 1 : 0;
        }
        return count;
    }

    /** How many pages vCPUs have beside their TDVPRs. */
    int countBesideRoots(State state, int vcpus) {
        int count = 0;
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            count += life ? Math.max(0, pages.get(state, vcpu) - 1) : 0;
        }
        return count;
    }

    /** A vCPU is gone. */
    void forget(State state, int vcpu) {
        tdvpr.set(state, vcpu, FrameRef.NONE);
        pages.set(state, vcpu, 0);
        ready.set(state, vcpu, false);
        index.set(state, vcpu, 0);
        lp.set(state, vcpu, 0);
    }

    public boolean isReady(State state, int vcpu) {
        return !life || ready.get(state, vcpu);
    }

    /** The frame of a vCPU's TDVPR; none where none is kept. */
    public int tdvpr(State state, int vcpu) {
        return life ? tdvpr.get(state, vcpu) : FrameRef.NONE;
    }

    /** The logical CPU on which a vCPU runs; -1 where it is associated with none. */
    public int cpu(State state, int vcpu) {
        return associated ? lp.get(state, vcpu) - 1 : first + vcpu;
    }

    /** Whether a vCPU is associated with another logical CPU than {@code cpu}. */
    public boolean isElsewhere(State state, int vcpu, int cpu) {
        return associated && lp.get(state, vcpu) != 0 && lp.get(state, vcpu) != cpu + 1;
    }

    /** Whether a vCPU, of whatever TD, is inside on a logical CPU, so that nothing of the host's runs there. */
    public boolean isTaken(State state, Cpus cpus, int cpu) {
        if (!associated) {
            return false;
        }
        int ran = last.get(state, cpu);
        return ran != 0 && !cpus.isWithHost(state, ran - 1);
    }

    /**
     * A vCPU enters on the logical CPU that it is associated with; answers whether another one was the last to do so.
     */
    public boolean takesOver(State state, int vcpu) {
        if (!associated) {
            return false;
        }
        int cpu = cpu(state, vcpu);
        boolean another = last.get(state, cpu) != first + vcpu + 1;
        last.set(state, cpu, first + vcpu + 1);
        return another;
    }

    /** Associates a vCPU; answers whether it was with none. */
    public boolean associate(State state, int vcpu, int cpu) {
        if (!associated) {
            return false;
        }
        boolean fresh = lp.get(state, vcpu) == 0;
        lp.set(state, vcpu, cpu + 1);
        return fresh;
    }
}
