/**
 * KVM_HC_MAP_GPA_RANGE: the hypercall by which a guest asks for pages to become private or shared. KVM checks it and
 * leaves the work to userspace, KVM_EXIT_HYPERCALL, which sets the attributes and answers what it likes.
 */
@NullMarked
package org.ringfence.stack.host.kvm.hypercall;

import org.jspecify.annotations.NullMarked;
