/** Arm CCA: realms, and the execution contexts (RECs) of their vCPUs. */
@NullMarked
package org.ringfence.machine.cca.realm;

import org.jspecify.annotations.NullMarked;
