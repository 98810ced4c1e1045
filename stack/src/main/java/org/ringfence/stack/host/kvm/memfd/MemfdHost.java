package org.ringfence.stack.host.kvm.memfd;

import java.util.stream.Stream;
import org.ringfence.machine.operation.Part;
import org.ringfence.stack.cache.Unflushed;
import org.ringfence.stack.host.kvm.FramePool;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.Invalidations;
import org.ringfence.stack.host.kvm.fault.MemoryAttributes;
import org.ringfence.stack.sync.Locks;
import org.ringfence.stack.sync.SequenceCounters;

/**
 * How KVM and its VMM manage the memory of a confidential guest.
 *
 * @param architecture what the protection adds
 * @param retries whether a fault looks, under mmu_lock, whether an invalidation came between or is under way
 * @param discards whether the VMM discards the copy that is out of use after a conversion
 */
public record MemfdHost(Architecture architecture, boolean retries, boolean discards) {
    /** The lock of a folio: who makes one and prepares it holds it, and who takes it out of the file. */
    public static final String FOLIO_LOCK = "folio_lock";

    /** What it needs, where it makes no cache flushes: KVM on SEV-SNP has caches coherent across keys. */
    public static Part[] parts() {
        return Stream.concat(Stream.of(Unflushed.PART), Stream.of(flushedParts())).toArray(Part[]::new);
    }

    /** What it needs where its architecture flushes caches. */
    public static Part[] flushedParts() {
        return new Part[] {
            GuestMemfd.PART,
            MemoryAttributes.PART,
            Invalidations.PART,
            FramePool.PART,
            Locks.Named.of(FaultProtocol.MMU_LOCK, FaultProtocol.SLOTS_LOCK, FaultProtocol.FILE_LOCK, FOLIO_LOCK),
            SequenceCounters.Named.of(FaultProtocol.SEQUENCE)
        };
    }
}
