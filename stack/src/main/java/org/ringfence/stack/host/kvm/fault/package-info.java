/**
 * How KVM fills a guest's page tables on faults while others take memory away: the fault path, and the protocol by
 * which a punched hole, a change of attributes and a deleted slot keep it from mapping what is gone. Each is a routine
 * of the host, step by step, so that every interleaving of them can be tried, and any part of the protocol left out.
 */
@NullMarked
package org.ringfence.stack.host.kvm.fault;

import org.jspecify.annotations.NullMarked;
