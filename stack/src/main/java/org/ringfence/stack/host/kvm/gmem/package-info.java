/**
 * KVM's private memory: guest_memfd files, the memory slots that bind them, the mappings that guests and the host have
 * of them, and the errno of every misuse, in the order of the kernel's checks. {@link KvmMemory} is the state,
 * {@link KvmCall} what userspace asks; {@code ringfence compare-kvm} drives the same calls into this machine's kernel.
 */
@NullMarked
package org.ringfence.stack.host.kvm.gmem;

import org.jspecify.annotations.NullMarked;
