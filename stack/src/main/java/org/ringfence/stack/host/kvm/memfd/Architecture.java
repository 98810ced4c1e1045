package org.ringfence.stack.host.kvm.memfd;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Frame;
import org.ringfence.stack.host.kvm.fault.Zap;

/**
 * What KVM calls of an architecture for the memory of guest_memfd: kvm_arch_gmem_prepare, kvm_arch_gmem_invalidate, and
 * how a page is mapped and its mapping taken away. Source: include/linux/kvm_host.h.
 */
public interface Architecture extends Zap {
    /** Of which size the file's folios are where nothing stands in the way. */
    default Level largest() {
        return Level.SIZE_4K;
    }

    /** kvm_arch_gmem_prepare: a folio is about to be the guest's, by a fault. */
    void prepare(Cpu cpu, long gpa, Frame folio);

    /** kvm_arch_gmem_invalidate: a folio is freed. Whether its frame may go back to the page allocator. */
    boolean invalidate(Cpu cpu, Frame folio);

    /** Whether KVM has given the VM up, so that every ioctl is EIO. Where nothing makes it do so nobody asks. */
    default boolean isDead(Cpu cpu) {
        return false;
    }

    /** Maps a page, 4K, under mmu_lock. Where that fails the guest faults again. */
    void map(Cpu cpu, long gpa, Frame frame, boolean asPrivate);
}
