/**
 * KVM as an honest host of SEV-SNP guests: it backs pages when a nested page fault asks for them, splits large pages,
 * and does the page state changes that a guest asks for.
 *
 * <p>{@link org.ringfence.stack.host.kvm.ServeGuest} is the whole of it; the other routines are its steps. One host
 * thread serves all vCPUs, one exit after the other, so that no locks are needed. Linux returns to userspace for the
 * changes of attributes; here that is one with KVM.
 */
@NullMarked
package org.ringfence.stack.host.kvm;

import org.jspecify.annotations.NullMarked;
