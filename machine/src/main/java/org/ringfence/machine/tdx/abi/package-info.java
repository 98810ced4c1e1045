/** The vocabulary of the TDX module: what its leaves and their callers speak in. */
@NullMarked
package org.ringfence.machine.tdx.abi;

import org.jspecify.annotations.NullMarked;
