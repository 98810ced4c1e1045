/**
 * How a host gives the TDX module PAMT pages where PAMT is dynamic, counts who needs them, and takes them back. Source:
 * Linux, patches "TDX: Enable Dynamic PAMT" (tdx_pamt_get, tdx_pamt_put).
 */
@NullMarked
package org.ringfence.stack.host.tdx.pamt;

import org.jspecify.annotations.NullMarked;
