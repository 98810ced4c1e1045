/**
 * The guest's leaves (TDCALL, TDG.*). Each leaf is a record named as in the manual.
 *
 * <p>Source: TDX module 1.5.01, src/td_dispatcher.
 */
@NullMarked
package org.ringfence.machine.tdx.tdcall;

import org.jspecify.annotations.NullMarked;
