/**
 * KVM with guest_memfd as the host of an SEV-SNP guest: the fault path, conversions and punched holes as
 * {@link org.ringfence.stack.host.kvm.fault} has them, over real frames, and what KVM does to the RMP where guest_memfd
 * hands memory out and gets it back.
 */
@NullMarked
package org.ringfence.stack.host.kvm.snp;

import org.jspecify.annotations.NullMarked;
