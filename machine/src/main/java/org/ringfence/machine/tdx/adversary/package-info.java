/** What an untrusted host or L2 VM draws from on TDX: the families of their operations. */
@NullMarked
package org.ringfence.machine.tdx.adversary;

import org.jspecify.annotations.NullMarked;
