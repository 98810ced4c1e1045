/**
 * The Reverse Map Table and the instructions on it: RMPUPDATE, PSMASH and RMPREAD of the host, PVALIDATE, RMPADJUST and
 * RMPQUERY of the guest.
 */
@NullMarked
package org.ringfence.machine.snp.rmp;

import org.jspecify.annotations.NullMarked;
