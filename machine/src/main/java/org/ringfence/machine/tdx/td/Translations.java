package org.ringfence.machine.tdx.td;

import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Tlbs;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;

/**
 * What logical CPUs keep of a TD's translations: L1's private ones, those of each L2 VM, and shared ones. A vCPU runs
 * on the logical CPU that {@link Tdvps} says. Where a machine has no TLBs nothing is kept and nothing is stale.
 *
 * <p>TDH.VP.ENTER in another epoch flushes all of a TD, shared ones included: the processor keeps them under the
 * private EPTP. Source: TDX module 1.5.01, helpers.h (flush_all_td_asids); Linux, arch/x86/kvm/vmx/tdx.c
 * (tdx_flush_tlb_current).
 *
 * @param vms L2 VMs
 */
public record Translations(Tlbs tlbs, int cpus, int vms) {

    /** A translation may be read. */
    static final int READ = 1;

    /** A translation may be written. */
    static final int WRITE = 2;

    static Translations declare(Declaration declaration, boolean kept, int cpus, int vms, int pages) {
        return new Translations(
                kept
                        ? Tlbs.declare(declaration, cpus, vms + 2, pages, pages, READ | WRITE)
                        : Tlbs.none(declaration),
                cpus,
                vms);
    }

    /** The frame that a kept translation leads to; {@link Tlbs#NONE}. */
    int usable(State state, int cpu, int context, int page, boolean write) {
        return tlbs.usable(state, cpu, context, page, write ? READ | WRITE : READ);
    }

    void fill(State state, int cpu, int context, int page, int frame, int rights) {
        if (tlbs.present()) {
            tlbs.fill(state, cpu, context, page, frame, 1, rights);
        }
    }

    /** INVEPT of one VM on one logical CPU. */
    public void flush(State state, int cpu, int vm) {
        if (tlbs.present()) {
            tlbs.flush(state, cpu, vm);
        }
    }

    /** INVEPT of every VM, and of the shared mappings, on one logical CPU. */
    public void flush(State state, int cpu) {
        if (tlbs.present()) {
            tlbs.flush(state, cpu);
        }
    }

    /** No CPU keeps any. */
    void forget(State state) {
        for (int cpu = 0; tlbs.present() && cpu < cpus; cpu++) {
            tlbs.flush(state, cpu);
        }
    }

    /** The context of L1 (0) or of an L2 VM; or of the shared mappings. */
    int context(int vm, Mapping mapping) {
        return mapping == Mapping.SHARED ? vms + 1 : vm;
    }
}
