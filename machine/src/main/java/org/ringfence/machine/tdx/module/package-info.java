/**
 * The TDX module as a system: its bring-up from TDH.SYS.INIT to the last TDH.SYS.TDMR.INIT, the metadata of physical
 * pages (PAMT), the ownership of KeyIDs, and the life and death of a TD's root page (TDR).
 *
 * <p>{@link org.ringfence.machine.tdx.module.TdxModule} is the part of a machine. A machine without it has a module
 * that is ready, with keys configured and no PAMT. Status numbers and the order of checks are those of the TDX module
 * 1.5.01.
 */
@NullMarked
package org.ringfence.machine.tdx.module;

import org.jspecify.annotations.NullMarked;
