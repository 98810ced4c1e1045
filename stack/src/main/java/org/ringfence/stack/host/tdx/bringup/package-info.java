/**
 * How a host brings the TDX module up, as Linux does: memory blocks become TDMRs with their PAMTs, every logical
 * processor and every package takes its part, the TDMRs are initialised, and whatever fails is unwound.
 *
 * <p>{@link org.ringfence.stack.host.tdx.bringup.TdmrConstruction} is the arithmetic, which needs no machine. Source
 * throughout: Linux, arch/x86/virt/vmx/tdx/tdx.c.
 */
@NullMarked
package org.ringfence.stack.host.tdx.bringup;

import org.jspecify.annotations.NullMarked;
