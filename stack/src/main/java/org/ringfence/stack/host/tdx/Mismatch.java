package org.ringfence.stack.host.tdx;

import org.ringfence.machine.vocabulary.Meaning;

/**
 * What the host does where the TD touches the private alias of a page whose attribute says shared, or the other way
 * round. KVM backs neither and leaves for userspace with KVM_EXIT_MEMORY_FAULT; the rest is the VMM's.
 */
public enum Mismatch {
    @Meaning("The VMM takes it for a request and converts the page: QEMU, kvm_convert_memory.")
    CONVERTS,
    @Meaning("The VMM ends the VM.")
    ENDS,
    @Meaning("Nobody keeps attributes: the alias that is touched is backed, and the other stays.")
    BACKED
}
