package org.ringfence.machine.sev;

import org.ringfence.machine.device.DmaTarget;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;

/**
 * A guest under nested paging as its host meets it: what SEV and SEV-SNP have in common. The host translates and
 * resumes as it likes; what its own writes are held against is all that differs.
 */
public interface NestedGuest extends GuestMemory, DmaTarget {

    /** The key of {@link org.ringfence.machine.memory.Memory} that C-bit 1 of the first guest stands for. */
    int GUEST_KEY = 1;

    /** Of the machine. */
    Geometry geometry();

    /** The host's translation of the guest's pages. */
    NestedPageTable npt();

    /** Why vCPUs are with the host. */
    Exits exits();

    /**
     * Whether a write by the host to {@code frame} faults.
     *
     * @param mapping the size of the host's own mapping
     */
    boolean refusesHostWrite(State state, int frame, Level mapping);

    /** Whether the host can run {@code vcpu}, which is with it, as it is; not so where its VMSA page would not do. */
    default boolean canRun(State state, int vcpu) {
        return true;
    }

    /** VMRUN of {@code vcpu} after a nested page fault. Returns false, and changes nothing, where that waits. */
    default boolean resume(State state, int vcpu) {
        return canRun(state, vcpu) && exits().resume(state, vcpu);
    }

    /**
     * VMRUN of {@code vcpu} with {@code code} as the answer to its VMGEXIT. Returns false, and changes nothing, where
     * that waits.
     */
    default boolean answer(State state, int vcpu, int code) {
        return canRun(state, vcpu) && exits().answer(state, vcpu, code);
    }

    @Override
    default int key(State state, Mapping mapping) {
        return key(mapping);
    }

    /** The key of a mapping, which is that of the guest for good. */
    default int key(Mapping mapping) {
        return mapping == Mapping.PRIVATE ? GUEST_KEY : 0;
    }

    @Override
    default int frames(State state, int page) {
        return npt().lookup(state, page) == FrameRef.NONE ? 0 : 1;
    }

    /** By the nested page table, as for the guest's own accesses. */
    @Override
    default int dmaFrame(State state, int page) {
        return npt().lookup(state, page);
    }
}
