/**
 * guest_memfd that is converted in place, as it is proposed for Linux after 6.18: whether a page is private or shared
 * is kept in the file, the page stays where it is, and what reaches it from userspace is taken away first.
 */
@NullMarked
package org.ringfence.stack.host.kvm.inplace;

import org.jspecify.annotations.NullMarked;
