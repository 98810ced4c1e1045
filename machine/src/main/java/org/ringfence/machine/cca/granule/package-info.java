/** Arm CCA: the states of granules, and the granule protection check that keeps everybody else's accesses out. */
@NullMarked
package org.ringfence.machine.cca.granule;

import org.jspecify.annotations.NullMarked;
