/** What holds on Arm CCA in every state (invariants) and over every step (laws). */
@NullMarked
package org.ringfence.machine.cca.law;

import org.jspecify.annotations.NullMarked;
