package org.ringfence.stack.host.kvm.fault;

import org.ringfence.machine.vocabulary.Meaning;

/**
 * The parts of the protocol between the fault path and those who take memory away; each can be left out. Source:
 * include/linux/kvm_host.h, mmu_invalidate_retry_gfn; virt/kvm/kvm_main.c; Documentation/virt/kvm/locking.rst.
 *
 * @param sequence whether a fault compares mmu_invalidate_seq with what it was at its beginning
 * @param range whether a fault looks whether an invalidation of its page is in progress
 * @param lock whether everyone takes mmu_lock
 * @param gracePeriod whether faults are readers of slots, and a deletion waits for them
 * @param zapsFirst whether who takes memory away zaps in a locked section of its own, and announces it after that
 * @param zaps whether it zaps at all
 * @param large whether shared memory is mapped 2M at once
 * @param swaps whether userspace's memory may be swapped out, so that getting it and mapping it are two steps
 */
public record FaultProtocol(
        boolean sequence, boolean range, boolean lock, boolean gracePeriod, boolean zapsFirst, boolean zaps,
        Large large, boolean swaps) {
    /** With 4K mappings only, of memory that is not swapped. */
    public FaultProtocol(
            boolean sequence, boolean range, boolean lock, boolean gracePeriod, boolean zapsFirst, boolean zaps) {
        this(sequence, range, lock, gracePeriod, zapsFirst, zaps, Large.NEVER, false);
    }

    /** Whether shared memory is mapped 2M at once; guest_memfd's folios are of order 0 and are mapped 4K. */
    public enum Large {
        @Meaning("Never: always 4K.")
        NEVER,
        @Meaning("Unless attributes within the 2M are mixed.")
        UNLESS_MIXED,
        @Meaning("Without a look at them.")
        UNCHECKED
    }

    /** The lock of a VM's page tables. */
    public static final String MMU_LOCK = "mmu_lock";
    /** The lock of a VM's slots and attributes. */
    public static final String SLOTS_LOCK = "slots_lock";
    /** The lock of a file against others who change it: filemap_invalidate_lock. */
    public static final String FILE_LOCK = "invalidate_lock";
    /** The counter of finished invalidations. */
    public static final String SEQUENCE = "mmu_invalidate_seq";

    /** With all its parts. */
    public static final FaultProtocol WHOLE = new FaultProtocol(true, true, true, true, false, true);
}
