/**
 * The memory of an Intel TDX trust domain: the Secure EPT that only the TDX module writes, the module's SEAMCALL and
 * TDCALL leaves on it, the host's own means around them, and the families of operations that a host or an L2 draws from
 * when it is not trusted.
 *
 * <p>{@link org.ringfence.machine.tdx.td.Tdx} is the part of a machine; each leaf is a record of its own, named as in
 * the manual. State names and status numbers are those of the TDX module 1.5.01.
 */
@NullMarked
package org.ringfence.machine.tdx;

import org.jspecify.annotations.NullMarked;
