/**
 * KVM with guest_memfd as the host of a confidential guest: the fault path, conversions, punched holes and what is
 * populated at launch, as {@link org.ringfence.stack.host.kvm.fault} has them, over real frames. What an architecture
 * adds is an argument, {@link org.ringfence.stack.host.kvm.memfd.Architecture}.
 */
@NullMarked
package org.ringfence.stack.host.kvm.memfd;

import org.jspecify.annotations.NullMarked;
