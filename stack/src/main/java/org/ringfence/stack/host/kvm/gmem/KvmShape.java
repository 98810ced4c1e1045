package org.ringfence.stack.host.kvm.gmem;

import org.ringfence.machine.operation.Guards;

/**
 * How much of KVM a machine has, and which of its versions it is.
 *
 * @param vms virtual machines
 * @param files guest_memfd files that can be open at once
 * @param filePages pages of each that are kept account of, from its first on
 * @param fds file descriptors of userspace
 * @param mappings of files into userspace
 * @param frames of the host
 * @param slots of each VM
 * @param gfns guest page numbers of each VM
 * @param areaPages anonymous pages of userspace for each VM
 * @param flags of guest_memfd that the kernel supports: KVM_CAP_GUEST_MEMFD_FLAGS
 * @param overlapExists whether a binding that overlaps another answers EEXIST, as it does after 6.18; EINVAL before
 * @param preFault whether KVM_PRE_FAULT_MEMORY does anything, as with KVM_CAP_PRE_FAULT_MEMORY
 * @param guards those that are off
 */
public record KvmShape(
        int vms,
        int files,
        int filePages,
        int fds,
        int mappings,
        int frames,
        int slots,
        int gfns,
        int areaPages,
        long flags,
        boolean overlapExists,
        boolean preFault,
        Guards guards) {

    /** What {@code ringfence compare-kvm} drives: as much as 40 calls can use. */
    public static KvmShape wide(long flags, boolean overlapExists, boolean preFault, Guards guards) {
        return new KvmShape(2, 10, 16, 6, 4, 160, 4, 16, 16, flags, overlapExists, preFault, guards);
    }
}
