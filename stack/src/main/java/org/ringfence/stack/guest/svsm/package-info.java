/**
 * A monitor in the guest, as COCONUT-SVSM: it owns the memory state of all of the guest, at VMPL0 on SEV-SNP, as L1 on
 * partitioned TDX, or without confidential hardware, and answers the calls of the operating system below it.
 * {@link org.ringfence.stack.guest.svsm.SvsmPlatform} says what its words for memory mean on all three.
 */
@NullMarked
package org.ringfence.stack.guest.svsm;

import org.jspecify.annotations.NullMarked;
