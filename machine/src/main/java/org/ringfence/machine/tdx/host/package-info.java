/**
 * What a host does around a trust domain without a leaf of the module: plain loads and stores, the shared EPT,
 * interrupts, and leaves that take long and hold a lock meanwhile.
 */
@NullMarked
package org.ringfence.machine.tdx.host;

import org.jspecify.annotations.NullMarked;
