/**
 * The Secure EPT of a trust domain as the TDX module keeps it in memory: states and raw words of its entries, those of
 * the L2 Secure EPTs beside it, its five levels of tables, and what a leaf function may be told of an entry. Nothing
 * here knows a trust domain or a vCPU.
 *
 * <p>{@link org.ringfence.machine.tdx.sept.Sept} is the tree, {@link org.ringfence.machine.tdx.sept.SeptState} and
 * {@link org.ringfence.machine.tdx.sept.SeptWord} what an entry is. Source: TDX module 1.5.01, sept_manager.{h,c},
 * sept_state_lookup.c.
 */
@NullMarked
package org.ringfence.machine.tdx.sept;

import org.jspecify.annotations.NullMarked;
