package org.ringfence.stack.host.kvm.snp;

import org.ringfence.machine.operation.Part;
import org.ringfence.stack.host.kvm.FramePool;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.Invalidations;
import org.ringfence.stack.host.kvm.fault.MemoryAttributes;
import org.ringfence.stack.sync.Locks;
import org.ringfence.stack.sync.SequenceCounters;

/**
 * How KVM and its VMM manage the memory of an SEV-SNP guest.
 *
 * @param retries whether a fault looks, under mmu_lock, whether an invalidation came between or is under way
 * @param invalidates whether the RMP is told when a folio is freed: kvm_arch_gmem_invalidate
 * @param discards whether the VMM discards the copy that is out of use after a conversion
 */
public record MemfdHost(boolean retries, boolean invalidates, boolean discards) {
    /** The lock of a folio: who makes one and prepares it holds it, and who takes it out of the file. */
    static final String FOLIO_LOCK = "folio_lock";

    /** What it needs. */
    public static Part[] parts() {
        return new Part[] {
            SnpMemfd.PART,
            MemoryAttributes.PART,
            Invalidations.PART,
            FramePool.PART,
            Locks.Named.of(FaultProtocol.MMU_LOCK, FaultProtocol.SLOTS_LOCK, FaultProtocol.FILE_LOCK, FOLIO_LOCK),
            SequenceCounters.Named.of(FaultProtocol.SEQUENCE)
        };
    }
}
