/** The SEV firmware as it serves guests without an RMP: ASIDs, keys and launches. */
@NullMarked
package org.ringfence.machine.sev.firmware;

import org.jspecify.annotations.NullMarked;
