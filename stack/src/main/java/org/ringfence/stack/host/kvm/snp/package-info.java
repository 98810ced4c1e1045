/**
 * KVM with guest_memfd as the host of an SEV-SNP guest: what it does to the RMP where
 * {@link org.ringfence.stack.host.kvm.memfd} hands memory out and gets it back, and how it serves the guest's exits.
 */
@NullMarked
package org.ringfence.stack.host.kvm.snp;

import org.jspecify.annotations.NullMarked;
