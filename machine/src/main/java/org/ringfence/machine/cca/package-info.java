/**
 * Arm CCA: realms whose memory and translation tables a trusted monitor (the RMM) keeps, in granules that the host
 * delegates to it and that nobody outside the Realm world reaches while they are.
 *
 * <p>The semantics are those of RMM 1.0 as TF-RMM has it at its tag {@code rmm-spec-v1.0-rel0}.
 */
@NullMarked
package org.ringfence.machine.cca;

import org.jspecify.annotations.NullMarked;
