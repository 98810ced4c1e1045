/** Arm CCA: what a host may do that is not trusted. */
@NullMarked
package org.ringfence.machine.cca.adversary;

import org.jspecify.annotations.NullMarked;
