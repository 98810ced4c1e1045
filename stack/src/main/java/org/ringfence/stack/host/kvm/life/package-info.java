/**
 * The end of a VM of KVM's: KVM_BUG_ON, and what a dead VM answers.
 */
@NullMarked
package org.ringfence.stack.host.kvm.life;

import org.jspecify.annotations.NullMarked;
