/**
 * The host's leaves on a trust domain, its Secure EPT and its vCPUs (SEAMCALL, TDH.*). Each leaf is a record named as
 * in the manual.
 *
 * <p>Source: TDX module 1.5.01, src/vmm_dispatcher/api_calls.
 */
@NullMarked
package org.ringfence.machine.tdx.seamcall;

import org.jspecify.annotations.NullMarked;
