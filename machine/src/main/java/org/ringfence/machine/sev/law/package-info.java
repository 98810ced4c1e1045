/** What holds on SEV and SEV-ES in every state (invariants) and over every step (laws). */
@NullMarked
package org.ringfence.machine.sev.law;

import org.jspecify.annotations.NullMarked;
