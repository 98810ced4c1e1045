/** Software in a trust domain that works with what TDX gives it: #VE, L2 VMs, shared aliases. */
@NullMarked
package org.ringfence.stack.guest.tdx;

import org.jspecify.annotations.NullMarked;
