/**
 * Protected virtualization of s390: the Ultravisor keeps pages of a guest secure, and exports them, encrypted, where
 * the host needs them.
 */
@NullMarked
package org.ringfence.machine.s390;

import org.jspecify.annotations.NullMarked;
