/**
 * KVM with guest_memfd as the host of a TD: the leaves that it calls where {@link org.ringfence.stack.host.kvm.memfd}
 * maps memory and takes it away, and how it serves the TD's exits.
 */
@NullMarked
package org.ringfence.stack.host.kvm.tdx;

import org.jspecify.annotations.NullMarked;
