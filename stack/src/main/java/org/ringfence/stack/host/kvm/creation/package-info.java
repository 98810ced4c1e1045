/**
 * How KVM takes a VMSA page from an SEV-SNP guest that starts a vCPU of its own: VMGEXIT 0x80000013, AP creation.
 */
@NullMarked
package org.ringfence.stack.host.kvm.creation;

import org.jspecify.annotations.NullMarked;
