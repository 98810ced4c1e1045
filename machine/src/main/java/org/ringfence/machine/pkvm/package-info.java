/**
 * pKVM: a hypervisor at EL2 that takes the host's stage 2 away from under it. Memory has owners, and each page is
 * shared in place: no second copy, no key, nothing that is zeroed but what is reclaimed.
 */
@NullMarked
package org.ringfence.machine.pkvm;

import org.jspecify.annotations.NullMarked;
