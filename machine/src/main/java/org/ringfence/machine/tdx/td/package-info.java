/**
 * The trust domain itself: its control structure (TDCS), its vCPUs (TDVPS), its root page (TDR), TLB epochs and locks,
 * and what its software meets when it touches memory.
 */
@NullMarked
package org.ringfence.machine.tdx.td;

import org.jspecify.annotations.NullMarked;
